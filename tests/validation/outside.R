# Figures of base R, as an outside program: one line each, name and number with 17 digits.
say <- function(name, value) cat(sprintf("%s %.17g\n", name, value))

for (n in 1:12) for (y in 0:n) say(paste("above", n, y), pbeta(0.3, y + 1, n - y + 1, lower.tail = FALSE))

best <- function(s1, f1, s2, f2) {
  within <- function(x) dbeta(x, s1 + 1, f1 + 1) * pbeta(x, s2 + 1, f2 + 1)
  integrate(within, 0, 1, rel.tol = 1e-12, subdivisions = 1000L)$value
}
for (s1 in 0:3) for (f1 in 0:2) for (s2 in 0:2) say(paste("best", s1, f1, s2), best(s1, f1, s2, 1))

for (a in 0:4) for (b in 0:4) say(paste("fisher", a, b), fisher.test(matrix(c(a, 4 - a, b, 4 - b), 2))$p.value)

orders <- combn(8, 4)
for (k in 1:ncol(orders)) {
  first <- orders[, k]
  say(paste(c("wilcoxon", first), collapse = " "), wilcox.test(first, setdiff(1:8, first), exact = TRUE)$p.value)
}
