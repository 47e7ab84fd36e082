# Makes every allocation of an export again: chain, exact chances, numbers, arms. R with digest, nothing else.
# Use: Rscript verify.R EXPORT SEED-FILE     Exits 1 at the first mismatch, 2 where it cannot judge.
suppressMessages(library(digest))

cannot <- function(...) { message("verify.R: ", ...); quit(status = 2) }
differs <- function(number, ...) { message("verify.R: allocation ", number, ": ", ...); quit(status = 1) }
sha256 <- function(x) digest(x, "sha256", serialize = FALSE)
unhex <- function(text) as.raw(strtoi(substring(text, seq(1, nchar(text), 2), seq(2, nchar(text), 2)), 16L))

# Whole numbers are doubles, exact below 2^53; what would be larger is refused, never rounded.
LIMIT <- 2^53
exact <- function(x) { if (any(abs(x) >= LIMIT)) cannot("numbers too large to be exact here; take verify.js"); x }
gcd <- function(a, b) { while (b != 0) { t <- a %% b; a <- b; b <- t }; a }
lcm <- function(list) Reduce(function(a, b) exact(a / gcd(a, b) * b), list)
# Chances are a list of numerators `n` and denominators `d`, each reduced.
reduce <- function(n, d) {
  exact(c(n, d)); d <- rep_len(d, length(n)); g <- mapply(gcd, n, d)
  list(n = n / g, d = d / g)
}
parts <- function(weights) reduce(weights, sum(weights))
show <- function(p) ifelse(p$d == 1, sprintf("%.0f", p$n), sprintf("%.0f/%.0f", p$n, p$d))
fraction <- function(text) c(as.numeric(strsplit(as.character(text), "/")[[1]]), 1)[1:2]
EVENLY <- list(n = c(1, 1), d = c(2, 2))
# The arm behind of two gets chance p.
coin <- function(c, p) {
  if (c[1] == c[2]) return(EVENLY)
  both <- c(p[1], p[2] - p[1])
  reduce(if (c[1] < c[2]) both else rev(both), p[2])
}

bytes <- function(value, width) as.raw((value %/% 256^((width - 1):0)) %% 256)
number <- function(s, index, modulus) {
  if (modulus > 2^44) cannot("a modulus too large to be exact here; take verify.js")
  over <- 0; for (b in c(1, rep(0, 8))) over <- (over * 256 + b) %% modulus
  attempt <- 0; value <- 0
  repeat {
    message <- c(s$name, as.raw(0), bytes(index, 8), bytes(attempt, 4))
    inner <- digest(c(s$inner, message), "sha256", serialize = FALSE, raw = TRUE)
    word <- as.integer(digest(c(s$outer, inner), "sha256", serialize = FALSE, raw = TRUE)[1:8])
    # Rejected are the last `over` of all 2^64 words.
    if (sum((255 - word) * 256^(7:0)) >= over) break
    attempt <- attempt + 1
  }
  for (b in word) value <- (value * 256 + b) %% modulus
  hex <- paste(sprintf("%02x", word), collapse = "")
  list(value = value, text = sprintf("%.0f %.0f %s %.0f %.0f", index, attempt, hex, modulus, value))
}

param <- function(s, name) fraction(s$params[[name]])
whole <- function(s, name) { p <- param(s, name); if (p[2] != 1) cannot(name, " is irrational here"); p[1] }
DISTANCES <- list(range = function(x, arm) max(x) - min(x), sum = function(x, arm) x[arm],
                  variance = function(x, arm) exact(length(x) * sum(x^2)) - sum(x)^2)

# Each law takes the sequence and the record; s$counts are the subjects of each arm so far.
LAWS <- list(
  complete = function(s, r) parts(s$ratio),
  random_allocation = function(s, r) parts(s$ratio * s$planned / sum(s$ratio) - s$counts),
  truncated_binomial = function(s, r) {
    full <- 2 * s$counts == s$planned
    if (any(full)) parts(as.numeric(!full)) else EVENLY
  },
  efron = function(s, r) coin(s$counts, param(s, "p")),
  adjustable_biased_coin = function(s, r) coin(s$counts, abs(diff(s$counts))^whole(s, "a") + c(0, 1)),
  generalized_biased_coin = function(s, r)
    if (s$counts[1] == s$counts[2]) EVENLY else parts(exact(rev(s$counts)^whole(s, "rho"))),
  wei_urn = function(s, r) {
    i <- param(s, "initial"); a <- param(s, "added")
    balls <- i[1] * a[2] + a[1] * i[2] * (sum(s$counts) - s$counts)
    if (sum(balls) > 0) parts(balls) else parts(rep(1, length(balls)))
  },
  big_stick = function(s, r) if (abs(diff(s$counts)) < whole(s, "mti")) EVENLY else coin(s$counts, c(1, 1)),
  chen = function(s, r) coin(s$counts, if (abs(diff(s$counts)) < whole(s, "mti")) param(s, "p") else c(1, 1)),
  block_urn = function(s, r) {
    least <- s$ratio / Reduce(gcd, s$ratio)
    parts(least * (whole(s, "lambda") + min(s$counts %/% least)) - s$counts)
  },
  mass_weighted_urn = function(s, r) {
    a <- param(s, "alpha")
    parts(pmax(0, (a[1] + a[2] * sum(s$counts)) * s$ratio - s$counts * a[2] * sum(s$ratio)))
  },
  maximal = function(s, r) {
    left <- s$planned - sum(s$counts); at <- s$counts[1] - s$counts[2] + s$limit + 2
    parts(exact(c(s$ways[[left]][at + 1], s$ways[[left]][at - 1])))
  },
  play_the_winner = function(s, r) parts(s$balls),
  minimization = function(s, r) {
    arms <- length(s$arms); share <- lcm(s$ratio); unit <- share / s$ratio
    step <- if (identical(s$params$scaling, "divide_then_add")) rep(share, arms) else unit
    distance <- DISTANCES[[if (is.null(s$params$distance)) "range" else s$params$distance]]
    if (is.null(distance)) cannot("square roots are not compared here")
    weights <- sapply(s$factors, function(f) fraction(f$weight)); weights <- weights[1, ] * lcm(weights[2, ]) / weights[2, ]
    score <- sapply(seq_len(arms), function(arm) sum(sapply(seq_along(s$factors), function(f) {
      x <- s$margins[[f]][[r$levels[[f]]]] * unit; x[arm] <- x[arm] + step[arm]
      weights[f] * distance(x, arm)
    })))
    top <- exact(score) == min(score); tied <- sum(top); p <- param(s, "p")
    if (tied == arms) return(parts(s$ratio))
    if (!identical(s$params$tie_rule, "random_rank"))
      return(reduce(ifelse(top, p[1] * (arms - tied), (p[2] - p[1]) * tied), p[2] * tied * (arms - tied)))
    reduce(ifelse(top, p[1] * (arms - 1) + (tied - 1) * (p[2] - p[1]), (p[2] - p[1]) * tied), p[2] * tied * (arms - 1))
  }
)

# JSON by its tokens: texts, numbers, words and signs.
json <- function(text) {
  tokens <- regmatches(text, gregexpr('"(\\\\.|[^"\\\\])*"|-?[0-9][0-9.eE+-]*|true|false|null|[][{}:,]', text, perl = TRUE))[[1]]
  at <- 0
  plain <- function(t) switch(substr(t, 1, 1), '"' = if (grepl("\\", t, fixed = TRUE)) cannot("an escaped text") else
    substr(t, 2, nchar(t) - 1), t = TRUE, f = FALSE, n = NULL, as.numeric(t))
  value <- function() {
    at <<- at + 1; t <- tokens[at]
    if (!t %in% c("[", "{")) return(plain(t)) else { found <- list(); n <- 0 }
    while (!tokens[at + 1] %in% c("]", "}")) {
      if (tokens[at + 1] == ",") at <<- at + 1
      name <- NULL
      if (t == "{") { name <- plain(tokens[at + 1]); at <<- at + 2 }
      n <- if (is.null(name)) n + 1 else name
      found[n] <- list(value())
    }
    at <<- at + 1; found
  }
  value()
}

sequence <- function(told, key) {
  s <- as.environment(told)
  s$arms <- unlist(s$arms); s$ratio <- unlist(s$ratio); s$name <- charToRaw(enc2utf8(s$stream))
  block <- c(key, rep(as.raw(0), 64 - length(key)))
  s$inner <- xor(block, as.raw(0x36)); s$outer <- xor(block, as.raw(0x5c))
  s$counts <- numeric(length(s$arms)); s$index <- 0; s$seen <- 0; s$positions <- list()
  s$margins <- lapply(s$factors, function(f) sapply(unlist(f$levels), function(l) s$counts, simplify = FALSE))
  if (s$method == "maximal") {
    s$limit <- min(whole(s, "mti"), s$planned); ends <- numeric(2 * s$limit + 1)
    if (identical(s$params$terminal_balance, FALSE)) ends[] <- 1 else ends[s$limit + 1] <- 1
    s$ways <- list(c(0, ends, 0))  # with a fence at either side, for none left; then for one more each
    for (m in seq_len(s$planned)) { w <- s$ways[[m]]; k <- length(w); s$ways[[m + 1]] <- c(0, w[1:(k - 2)] + w[3:k], 0) }
  }
  if (s$method == "play_the_winner") {
    i <- param(s, "initial"); a <- param(s, "added"); s$others <- length(s$arms) - 1
    s$balls <- s$ratio * i[1] * a[2] * s$others; s$more <- a[1] * i[2]
  }
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
    one <- draw(last); other <- one$value + 1
    arms[c(last, other)] <- arms[c(other, last)]
    draws[[last]] <- one$text
  }
  # A position is settled by its own step of the shuffle, and the first one by the size's number.
  for (at in seq_len(size)) {
    s$positions[[at]] <- list(arm = arms[at], p = parts(left), draws = draws[[at]])
    left[arms[at]] <- left[arms[at]] - 1
  }
}

made <- function(s, r) {
  if (s$method == "permuted_block") {
    if (!length(s$positions)) next_block(s)
    due <- s$positions[[1]]; s$positions <- s$positions[-1]; return(due)
  }
  p <- LAWS[[s$method]](s, r); modulus <- lcm(p$d); one <- number(s, r$number, modulus)
  arm <- which(one$value < cumsum(p$n * (modulus / p$d)))[1]
  s$counts[arm] <- s$counts[arm] + 1
  for (f in seq_along(s$factors)) { l <- r$levels[[f]]; s$margins[[f]][[l]][arm] <- s$margins[[f]][[l]][arm] + 1 }
  if (s$method == "play_the_winner" && !is.null(r$response)) {
    own <- seq_along(s$balls) == arm
    s$balls <- s$balls + ifelse(own, r$response * s$more * s$others, (1 - r$response) * s$more)
  }
  list(arm = arm, p = p, draws = one$text)
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
