# Makes every allocation of an export again: chain, exact chances, numbers, arms. R with digest; with gmp where
# numbers are wide. Use: Rscript verify.R EXPORT SEED-FILE    Exits 1 at the first mismatch, 2 where it cannot judge.
suppressMessages(library(digest))
cannot <- function(...) { message("verify.R: ", ...); quit(status = 2) }
differs <- function(number, ...) { message("verify.R: allocation ", number, ": ", ...); quit(status = 1) }
sha256 <- function(x) digest(x, "sha256", serialize = FALSE)
unhex <- function(text) as.raw(strtoi(substring(text, seq(1, nchar(text), 2), seq(2, nchar(text), 2)), 16L))

# Whole numbers are doubles, exact below 2^53; where one would be larger, all is done again with long integers.
WIDE <- FALSE
too_wide <- structure(class = c("wide", "error", "condition"), list(message = "too wide", call = NULL))
exact <- function(x) { if (!WIDE && (inherits(x, "bigz") || any(abs(x) >= 2^53))) stop(too_wide); x }
widely <- function(act) tryCatch(act(), wide = function(found) {
  if (!requireNamespace("gmp", quietly = TRUE)) cannot("numbers this wide need the package gmp; or take verify.js")
  WIDE <<- TRUE; on.exit(WIDE <<- FALSE); act()
})
up <- function(x) if (WIDE) gmp::as.bigz(x) else x
gcd <- function(a, b) { if (WIDE) return(gmp::gcd.bigz(up(a), up(b))); while (b != 0) { t <- a %% b; a <- b; b <- t }; a }
lcm <- function(all) { m <- up(1); for (k in seq_along(all)) m <- exact(m %/% gcd(m, all[[k]]) * all[[k]]); m }
# Chances are a list of numerators `n` and denominators `d`, each reduced.
reduce <- function(n, d) {
  exact(c(n, d)); d <- d + 0 * n; g <- if (WIDE) gcd(n, d) else mapply(gcd, n, d)
  list(n = n %/% g, d = d %/% g) }
parts <- function(weights) reduce(weights, sum(weights))
told <- function(x) if (inherits(x, "bigz")) as.character(x) else sprintf("%.0f", x)
show <- function(p) ifelse(p$d == 1, told(p$n), paste0(told(p$n), "/", told(p$d)))
fraction <- function(text) {
  both <- c(strsplit(as.character(text), "/")[[1]], "1")[1:2]
  if (WIDE) gmp::as.bigz(both) else if (any(nchar(both) > 15)) stop(too_wide) else as.numeric(both) }
EVENLY <- list(n = c(1, 1), d = c(2, 2))
# The arm behind of two gets chance p.
coin <- function(c, p) if (c[1] == c[2]) EVENLY else {
  both <- c(p[1], p[2] - p[1]); reduce(if (c[1] < c[2]) both else rev(both), p[2]) }
bytes <- function(value, width) as.raw((value %/% 256^((width - 1):0)) %% 256)
word_of <- function(s, ...) {
  inner <- digest(c(s$inner, s$name, as.raw(0), ...), "sha256", serialize = FALSE, raw = TRUE)
  as.integer(digest(c(s$outer, inner), "sha256", serialize = FALSE, raw = TRUE)[1:8]) }
number <- function(s, index, modulus) {
  if (!WIDE && modulus > 2^44) stop(too_wide)
  words <- 1; while (WIDE && up(2)^(64 * words) < modulus) words <- words + 1
  over <- 0; for (b in c(1, rep(0, 8 * words))) over <- (over * 256 + b) %% modulus
  for (attempt in 0:1e6) {
    word <- word_of(s, bytes(index, 8), bytes(attempt, 4))
    for (more in seq_len(words - 1)) word <- c(word, word_of(s, bytes(index, 8), bytes(attempt, 4), bytes(more, 4)))
    # Rejected are the last `over` of all words.
    if (sum(up(255 - word) * up(256)^((8 * words - 1):0)) >= over) break
  }
  value <- 0; for (b in word) value <- (value * 256 + b) %% modulus
  drawn <- c(sprintf("%.0f", c(index, attempt)), paste(sprintf("%02x", word), collapse = ""), told(modulus), told(value))
  list(value = value, text = paste(drawn, collapse = " "))
}
param <- function(s, name) fraction(s$params[[name]])
whole <- function(s, name) { p <- param(s, name); if (p[2] != 1) cannot(name, " is irrational here"); as.numeric(p[1]) }
DISTANCES <- list(range = function(x, arm) max(x) - min(x), sum = function(x, arm) x[arm],
                  variance = function(x, arm) exact(length(x) * sum(x^2)) - sum(x)^2)
# Each law takes the sequence and the record; s$counts are the subjects of each arm so far.
LAWS <- list(
  complete = function(s, r) parts(s$ratio),
  random_allocation = function(s, r) parts(s$ratio * s$planned / sum(s$ratio) - s$counts),
  truncated_binomial = function(s, r) {
    full <- 2 * s$counts == s$planned; if (any(full)) parts(as.numeric(!full)) else EVENLY },
  efron = function(s, r) coin(s$counts, param(s, "p")),
  adjustable_biased_coin = function(s, r) coin(s$counts, up(abs(diff(s$counts)))^whole(s, "a") + c(0, 1)),
  generalized_biased_coin = function(s, r)
    if (s$counts[1] == s$counts[2]) EVENLY else parts(exact(up(rev(s$counts))^whole(s, "rho"))),
  wei_urn = function(s, r) {
    i <- param(s, "initial"); a <- param(s, "added"); balls <- i[1] * a[2] + a[1] * i[2] * (sum(s$counts) - s$counts)
    if (sum(balls) > 0) parts(balls) else parts(rep(1, length(balls))) },
  big_stick = function(s, r) if (abs(diff(s$counts)) < whole(s, "mti")) EVENLY else coin(s$counts, c(1, 1)),
  chen = function(s, r) coin(s$counts, if (abs(diff(s$counts)) < whole(s, "mti")) param(s, "p") else c(1, 1)),
  block_urn = function(s, r) { least <- s$ratio / Reduce(gcd, s$ratio)
    parts(least * (whole(s, "lambda") + min(s$counts %/% least)) - s$counts) },
  mass_weighted_urn = function(s, r) {
    a <- param(s, "alpha"); mass <- (a[1] + a[2] * sum(s$counts)) * s$ratio - s$counts * a[2] * sum(s$ratio)
    parts(mass * as.numeric(mass > 0)) },
  maximal = function(s, r) { at <- s$counts[1] - s$counts[2] + s$limit + 2
    parts(exact(ways(s)[[s$planned - sum(s$counts)]][c(at + 1, at - 1)])) },
  play_the_winner = function(s, r) parts(s$balls),
  minimization = function(s, r) {
    arms <- length(s$arms); share <- lcm(s$ratio); unit <- share / s$ratio
    step <- if (identical(s$params$scaling, "divide_then_add")) rep(share, arms) else unit
    name <- if (is.null(s$params$distance)) "range" else s$params$distance
    distance <- DISTANCES[[if (name == "sd") "variance" else name]]
    weights <- lapply(s$factors, function(f) fraction(f$weight)); all <- lcm(lapply(weights, function(w) w[2]))
    weights <- lapply(weights, function(w) w[1] * (all %/% w[2]))
    far <- lapply(seq_along(weights), function(f) do.call(c, lapply(seq_len(arms), function(arm) {
      x <- s$margins[[f]][[r$levels[[f]]]] * unit; x[arm] <- x[arm] + step[arm]; distance(up(x), arm) })))
    top <- if (name == "sd") least_roots(sapply(weights, as.numeric), sapply(far, as.numeric)) else {
      score <- exact(Reduce(`+`, Map(`*`, weights, far))); score == min(score) }
    tied <- sum(top); p <- param(s, "p"); if (tied == arms) return(parts(s$ratio))
    ranked <- identical(s$params$tie_rule, "random_rank"); others <- if (ranked) arms - 1 else arms - tied
    best <- p[1] * others + ranked * (tied - 1) * (p[2] - p[1])
    reduce(c((p[2] - p[1]) * tied, best)[top + 1], p[2] * tied * others)
  }
)
# The arms with the least sum of weighted roots: apart beyond rounding, or alike when roots of one kind are gathered.
least_roots <- function(weights, far) {
  rough <- colSums(weights * t(sqrt(far))); near <- rough <= min(rough) * (1 + 1e-9)
  kind <- function(n) {
    root <- as.numeric(n > 0); i <- 2
    while (i * i <= n) if (n %% (i * i) == 0) { n <- n / (i * i); root <- root * i } else i <- i + 1
    c(root, n) }
  gathered <- lapply(which(near), function(arm) {
    kinds <- sapply(far[arm, ], kind); found <- tapply(weights * kinds[1, ], kinds[2, ], sum); found[found != 0] })
  if (length(unique(gathered)) > 1) cannot("two sums of square roots are too near to tell apart")
  near
}
# Ways to go on by subjects left and imbalance, with a fence at either side: for none left, then for one more each.
ways <- function(s) {
  kept <- if (WIDE) "wide_ways" else "ways"; if (!is.null(s[[kept]])) return(s[[kept]])
  ends <- numeric(2 * s$limit + 3); k <- length(ends)
  if (identical(s$params$terminal_balance, FALSE)) ends[2:(k - 1)] <- 1 else ends[s$limit + 2] <- 1
  table <- list(up(ends))
  for (m in seq_len(s$planned)) { w <- table[[m]]; table[[m + 1]] <- c(up(0), w[1:(k - 2)] + w[3:k], up(0)) }
  assign(kept, table, s); table
}
# JSON by its tokens: texts, numbers, words and signs.
json <- function(text) {
  tokens <- regmatches(text, gregexpr('"(\\\\.|[^"\\\\])*"|-?[0-9][0-9.eE+-]*|true|false|null|[][{}:,]', text, perl = TRUE,
    useBytes = TRUE))[[1]]; Encoding(tokens) <- "UTF-8"  # By bytes: a long text is looked through in a tenth of the time.
  plain <- function(t) switch(substr(t, 1, 1), '"' = if (grepl("\\", t, fixed = TRUE)) cannot("an escaped text") else
    substr(t, 2, nchar(t) - 1), t = TRUE, f = FALSE, n = NULL, as.numeric(t))
  at <- 0
  value <- function() {
    at <<- at + 1; t <- tokens[at]; found <- list(); n <- 0
    if (!t %in% c("[", "{")) return(plain(t))
    while (!tokens[at + 1] %in% c("]", "}")) {
      if (tokens[at + 1] == ",") at <<- at + 1
      if (t == "{") { n <- plain(tokens[at + 1]); at <<- at + 2 } else n <- n + 1
      found[n] <- list(value())
    }
    at <<- at + 1; found
  }
  value()
}
sequence <- function(told, key) {
  s <- as.environment(told); block <- c(key, rep(as.raw(0), 64 - length(key)))
  s$arms <- unlist(s$arms); s$ratio <- unlist(s$ratio); s$name <- charToRaw(enc2utf8(s$stream))
  s$inner <- xor(block, as.raw(0x36)); s$outer <- xor(block, as.raw(0x5c))
  s$counts <- numeric(length(s$arms)); s$index <- 0; s$seen <- 0; s$positions <- list()
  s$margins <- lapply(s$factors, function(f) sapply(unlist(f$levels), function(l) s$counts, simplify = FALSE))
  if (s$method == "maximal") s$limit <- min(whole(s, "mti"), s$planned)
  if (s$method == "play_the_winner") widely(function() {
    i <- param(s, "initial"); a <- param(s, "added"); s$others <- length(s$arms) - 1
    s$balls <- s$ratio * i[1] * a[2] * s$others; s$more <- a[1] * i[2] })
  if (s$method != "permuted_block" && is.null(LAWS[[s$method]])) cannot("the method ", s$method, " is not covered here")
  s
}
next_block <- function(s) {
  draw <- function(below) { one <- number(s, s$index, below); s$index <- s$index + 1; one }
  sizes <- as.numeric(unlist(s$params$block_sizes)); chosen <- NULL; size <- sizes
  weights <- if (is.null(s$params$size_weights)) rep(1, length(sizes)) else as.numeric(unlist(s$params$size_weights))
  if (length(sizes) > 1) { chosen <- draw(sum(weights)); size <- sizes[which(chosen$value < cumsum(weights))[1]] }
  left <- s$ratio * size / sum(s$ratio); arms <- rep(seq_along(left), left); draws <- vector("list", size)
  if (!is.null(chosen)) draws[[1]] <- chosen$text
  for (last in size:2) {
    one <- draw(last); draws[[last]] <- one$text
    arms[c(last, one$value + 1)] <- arms[c(one$value + 1, last)] }
  # A position is settled by its own step of the shuffle, and the first one by the size's number.
  for (at in seq_len(size)) {
    s$positions[[at]] <- list(arm = arms[at], p = parts(left), draws = draws[[at]])
    left[arms[at]] <- left[arms[at]] - 1 }
}
made <- function(s, r) {
  if (s$method == "permuted_block") {
    if (!length(s$positions)) next_block(s)
    due <- s$positions[[1]]; s$positions <- s$positions[-1]; return(due)
  }
  due <- widely(function() {
    p <- LAWS[[s$method]](s, r); modulus <- lcm(p$d); one <- number(s, r$number, modulus)
    list(arm = which(one$value < cumsum(p$n * (modulus %/% p$d)))[1], p = p, draws = one$text) })
  s$counts[due$arm] <- s$counts[due$arm] + 1
  for (f in seq_along(s$factors)) { l <- r$levels[[f]]; s$margins[[f]][[l]][due$arm] <- s$margins[[f]][[l]][due$arm] + 1 }
  if (s$method == "play_the_winner" && !is.null(r$response)) {
    own <- as.numeric(seq_along(s$arms) == due$arm)
    s$balls <- s$balls + s$more * (own * r$response * s$others + (1 - own) * (1 - r$response))
  }
  due
}

given <- commandArgs(TRUE); key <- unhex(trimws(readLines(given[2], warn = FALSE)[1]))
input <- file(given[1], "r"); seen <- 0; first <- readLines(input, 1)
if (!startsWith(first, '{"header":')) cannot("this is not an export")
text <- substr(first, 11, nchar(first) - 1); header <- json(text)
if (header$commitment != sha256(key)) cannot("the seed is not the one of the commitment")
chain <- sha256(paste0(strrep("0", 64), "\n", text)); sequences <- lapply(header$sequences, sequence, key)
while (length(line <- readLines(input, 1))) if (startsWith(line, '{"hash":"')) {
  line <- sub(",$", "", line); text <- substr(line, 85, nchar(line) - 1); r <- json(text)
  chain <- sha256(paste0(chain, "\n", text))
  if (substr(line, 10, 73) != chain) differs(r$number, "the chain breaks")
  s <- sequences[[r$sequence + 1]]; seen <- seen + 1; s$seen <- s$seen + 1
  if (r$number != (if (header$kind == "study") seen else s$seen)) differs(r$number, "one was left out")
  due <- made(s, r)
  if (!identical(unlist(r$probabilities), show(due$p))) differs(r$number, "chances ", toString(show(due$p)))
  if (!identical(as.character(unlist(r$draws)), as.character(due$draws))) differs(r$number, "draws ", toString(due$draws))
  if (r$arm != s$arms[due$arm]) differs(r$number, "arm ", s$arms[due$arm])
}
if (seen != header$allocations) differs(seen + 1, "the last ones were left out")
cat(sprintf("%d allocations, all the same; head %s\n", seen, chain))
