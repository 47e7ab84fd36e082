// Makes every allocation of an export again: chain, exact chances, numbers, arms. Node alone, no packages.
// Use: node verify.js EXPORT SEED-FILE     Exits 1 at the first mismatch, 2 where it cannot judge.
const { createHash, createHmac } = require("crypto");
const { createReadStream, readFileSync } = require("fs");
const { createInterface } = require("readline");
const sha256 = (text) => createHash("sha256").update(text).digest("hex");
const cannot = (words) => { console.error(`verify.js: ${words}`); process.exit(2); };
const differs = (number, words) => { console.error(`verify.js: allocation ${number}: ${words}`); process.exit(1); };

// Exact fractions are pairs of BigInt, always reduced.
const gcd = (a, b) => { while (b) [a, b] = [b, a % b]; return a < 0n ? -a : a; };
const frac = (n, d = 1n) => { const g = gcd(n, d) || 1n; return d < 0n ? [-n / g, -d / g] : [n / g, d / g]; };
const read = (text) => { const [n, d] = String(text).split("/"); return frac(BigInt(n), BigInt(d || 1)); };
const show = ([n, d]) => (d === 1n ? `${n}` : `${n}/${d}`);
const sum = (list) => list.reduce((a, b) => a + b, 0n);
const abs = (n) => (n < 0n ? -n : n), least = (a, b) => (a < b ? a : b);
const lcm = (list) => list.reduce((a, b) => a / gcd(a, b) * b, 1n);
const parts = (weights) => weights.map((w) => frac(w, sum(weights)));
const HALF = [1n, 2n], rest = (p) => frac(p[1] - p[0], p[1]);
// The arm behind of two gets chance p.
const coin = ([a, b], p) => (a === b ? [HALF, HALF] : a < b ? [p, rest(p)] : [rest(p), p]);

function number(key, name, index, modulus) {
  const words = Math.max(1, Math.ceil((modulus - 1n).toString(2).length / 64));
  const all = 1n << BigInt(64 * words);
  for (let attempt = 0; ; attempt++) {
    let hex = "";
    for (let word = 0; word < words; word++) {
      const tail = Buffer.alloc(word ? 16 : 12); tail.writeBigUInt64BE(BigInt(index)); tail.writeUInt32BE(attempt, 8);
      if (word) tail.writeUInt32BE(word, 12);
      hex += createHmac("sha256", key).update(name).update(Buffer.from([0])).update(tail).digest("hex").slice(0, 16);
    }
    const joined = BigInt("0x" + hex), value = joined % modulus;
    if (joined < all - (all % modulus)) return { value, text: `${index} ${attempt} ${hex} ${modulus} ${value}` };
  }
}
// Ways to go on, by subjects left and imbalance: the maximal procedure counts them.
function ways(limit, planned, balanced) {
  const table = [Array.from({ length: 2 * limit + 1 }, (_, i) => (!balanced || i === limit ? 1n : 0n))];
  for (let m = 0; m < planned; m++) table.push(table[m].map((_, i) => (table[m][i - 1] || 0n) + (table[m][i + 1] || 0n)));
  return (left, d) => table[left][d + limit] || 0n;
}
// Each law takes the sequence and gives a function from the counts (BigInt, one an arm) to the chances.
const LAWS = {
  complete: (s) => () => parts(s.ratio),
  random_allocation: (s) => (c) => parts(c.map((n, k) => s.ratio[k] * s.n / sum(s.ratio) - n)),
  truncated_binomial: (s) => (c) => (2n * c[0] === s.n ? parts([0n, 1n]) : 2n * c[1] === s.n ? parts([1n, 0n]) : [HALF, HALF]),
  efron: (s) => (c) => coin(c, s.p("p")),
  adjustable_biased_coin: (s) => (c) => { const x = abs(c[0] - c[1]) ** s.whole("a"); return coin(c, frac(x, x + 1n)); },
  generalized_biased_coin: (s) => (c) =>
    (c[0] === c[1] ? [HALF, HALF] : parts([c[1] ** s.whole("rho"), c[0] ** s.whole("rho")])),
  wei_urn: (s) => (c) => {
    const [[i, di], [a, da]] = [s.p("initial"), s.p("added")];
    const balls = c.map((n) => i * da + a * di * (sum(c) - n));
    return sum(balls) ? parts(balls) : parts(c.map(() => 1n));
  },
  big_stick: (s) => (c) => (abs(c[0] - c[1]) < s.whole("mti") ? [HALF, HALF] : coin(c, [1n, 1n])),
  chen: (s) => (c) => coin(c, abs(c[0] - c[1]) < s.whole("mti") ? s.p("p") : [1n, 1n]),
  block_urn: (s) => {
    const share = s.ratio.map((r) => r / s.ratio.reduce(gcd));
    const rounds = (c) => s.whole("lambda") + c.map((n, k) => n / share[k]).reduce(least);
    return (c) => parts(c.map((n, k) => share[k] * rounds(c) - n));
  },
  mass_weighted_urn: (s) => (c) => {
    const [a, d] = s.p("alpha"), all = sum(s.ratio);
    const mass = c.map((n, k) => (a + d * sum(c)) * s.ratio[k] - n * d * all);
    return parts(mass.map((m) => (m > 0n ? m : 0n)));
  },
  maximal: (s) => {
    const after = ways(Math.min(Number(s.whole("mti")), Number(s.n)), Number(s.n), s.params.terminal_balance !== false);
    return (c) => {
      const left = Number(s.n - c[0] - c[1]) - 1, d = Number(c[0] - c[1]);
      return parts([after(left, d + 1), after(left, d - 1)]);
    };
  },
  // Balls are counted in units of one over the denominators.
  play_the_winner: (s) => {
    const [[i, di], [a, da]] = [s.p("initial"), s.p("added")], others = BigInt(s.arms.length - 1);
    const balls = s.ratio.map((r) => r * i * da * others), more = a * di;
    return (c, record, past) => {
      const known = past.splice(0).filter((one) => one.response !== null);
      const gain = ({ arm, response }, k) => (k === arm ? BigInt(response) * more * others : BigInt(1 - response) * more);
      for (const one of known) balls.forEach((_, k) => { balls[k] += gain(one, k); });
      return parts(balls);
    };
  },
  minimization: (s) => (c, record) => {
    const share = lcm(s.ratio), unit = s.ratio.map((r) => share / r);
    const step = s.params.scaling === "divide_then_add" ? unit.map(() => share) : unit;
    const weigh = lcm(s.factors.map((f) => read(f.weight)[1]));
    const rows = s.factors.map((factor, f) => {
      const [n, d] = read(factor.weight), had = s.margin(f, record.levels[f]);
      const with1 = (arm) => had.map((x, k) => x * unit[k] + (k === arm ? step[k] : 0n));
      return { weight: n * (weigh / d), far: unit.map((_, arm) => s.distance(with1(arm), arm)) };
    });
    const score = unit.map((_, arm) => sum(rows.map((row) => row.weight * row.far[arm])));
    const top = s.params.distance === "sd" ? leastRoots(rows, s.arms) : score.map((x) => x === score.reduce(least));
    const tied = BigInt(top.filter(Boolean).length), arms = BigInt(s.arms.length), [p, q] = s.p("p");
    if (tied === arms) return parts(s.ratio);
    const ranked = s.params.tie_rule === "random_rank", others = ranked ? arms - 1n : arms - tied;
    const first = ranked ? frac(p * others + (tied - 1n) * (q - p), q * tied * others) : frac(p, q * tied);
    return top.map((yes) => (yes ? first : frac(q - p, q * others)));
  },
};
const DISTANCES = {
  range: (x) => x.reduce((a, b) => (a > b ? a : b)) - x.reduce(least),
  variance: (x) => BigInt(x.length) * sum(x.map((n) => n * n)) - sum(x) ** 2n,
  sum: (x, arm) => x[arm],
};
DISTANCES.sd = DISTANCES.variance;
// The arms with the least sum of weighted roots: apart beyond rounding, or alike when roots of one kind are gathered.
function leastRoots(rows, arms) {
  const rough = arms.map((_, k) => rows.reduce((all, row) => all + Number(row.weight) * Math.sqrt(Number(row.far[k])), 0));
  const near = rough.map((x) => x <= Math.min(...rough) * (1 + 1e-9)), seen = new Set();
  arms.forEach((_, k) => {
    const kinds = new Map();
    for (const { weight, far } of rows) {
      let root = 1n, n = far[k];
      for (let i = 2n; i * i <= n; i++) while (n % (i * i) === 0n) { n /= i * i; root *= i; }
      if (n) kinds.set(n, (kinds.get(n) || 0n) + weight * root);
    }
    if (near[k]) seen.add([...kinds].filter((one) => one[1]).map(String).sort().join(" "));
  });
  return seen.size > 1 ? cannot("two sums of square roots are too near to tell apart") : near;
}

function sequence(told) {
  const s = { ...told, ratio: told.ratio.map(BigInt), n: BigInt(told.planned || 0), name: Buffer.from(told.stream.normalize("NFC")) };
  s.p = (name) => read(told.params[name]);
  s.whole = (name) => { const [n, d] = s.p(name); return d === 1n ? n : cannot(`${name} of ${s.method} is irrational here`); };
  const margins = new Map();
  s.margin = (f, level) => margins.get(`${f} ${level}`) || s.arms.map(() => 0n);
  s.distance = DISTANCES[told.params.distance || "range"];
  s.counts = s.arms.map(() => 0n); s.past = []; s.index = s.seen = 0; s.block = { at: 0, arms: [], draws: [], left: [] };
  if (s.method !== "permuted_block" && !LAWS[s.method]) cannot(`the method ${s.method} is not covered here`);
  s.law = s.method === "permuted_block" ? null : LAWS[s.method](s);
  s.took = (arm, record) => {
    s.counts[arm] += 1n;
    if (s.method === "play_the_winner") s.past.push({ arm, response: record.response });
    s.factors.forEach((_, f) => {
      margins.set(`${f} ${record.levels[f]}`, s.margin(f, record.levels[f]).map((x, k) => x + (k === arm ? 1n : 0n)));
    });
  };
  return s;
}
function nextBlock(s, key) {
  const draw = (below) => number(key, s.name, s.index++, BigInt(below));
  const sizes = s.params.block_sizes.map(Number), weights = (s.params.size_weights || sizes.map(() => 1)).map(Number);
  const chosen = sizes.length > 1 ? draw(weights.reduce((a, b) => a + b)) : null;
  let place = 0;
  for (let edge = weights[0]; chosen && Number(chosen.value) >= edge; edge += weights[++place]);
  const size = sizes[place], all = Number(sum(s.ratio)), arms = [], shuffle = [];
  s.ratio.forEach((r, k) => { for (let i = 0; i < Number(r) * size / all; i++) arms.push(k); });
  const left = s.ratio.map((r) => r * BigInt(size / all));
  for (let last = size - 1; last > 0; last--) {
    const one = draw(last + 1), other = Number(one.value);
    [arms[last], arms[other]] = [arms[other], arms[last]];
    shuffle.push(one.text);
  }
  s.block = { at: 0, arms, left, draws: [chosen ? [chosen.text] : [], ...shuffle.reverse().map((text) => [text])] };
}
function made(s, key, record) {
  if (s.method === "permuted_block") {
    if (s.block.at === s.block.arms.length) nextBlock(s, key);
    const { at, arms, left, draws } = s.block, chances = parts(left); s.block.at += 1; left[arms[at]] -= 1n;
    return { arm: arms[at], chances, draws: draws[at] };
  }
  const chances = s.law(s.counts, record, s.past), modulus = lcm(chances.map((c) => c[1]));
  const draw = number(key, s.name, record.number, modulus); let reached = 0n;
  const arm = chances.findIndex(([n, d]) => draw.value < (reached += n * (modulus / d)));
  s.took(arm, record); return { arm, chances, draws: [draw.text] };
}

async function main(file, seedFile) {
  const key = Buffer.from(readFileSync(seedFile, "ascii").trim(), "hex");
  let chain = "0".repeat(64), sequences = null, header = null, seen = 0;
  for await (const raw of createInterface({ input: createReadStream(file) })) {
    if (raw.startsWith('{"header":')) {
      const text = raw.slice(10, -1); header = JSON.parse(text);
      if (header.commitment !== sha256(key)) cannot("the seed is not the one of the commitment");
      sequences = header.sequences.map(sequence); chain = sha256(`${chain}\n${text}`);
    } else if (raw.startsWith('{"hash":"')) {
      const line = raw.replace(/,$/, ""), text = line.slice(84, -1), record = JSON.parse(text);
      chain = sha256(`${chain}\n${text}`);
      if (line.slice(9, 73) !== chain) differs(record.number, "the chain breaks");
      const s = sequences[record.sequence]; seen += 1; s.seen += 1;
      if (record.number !== (header.kind === "study" ? seen : s.seen)) differs(record.number, "one was left out");
      const due = made(s, key, record);
      if (record.probabilities.join() !== due.chances.map(show).join()) differs(record.number, `chances ${due.chances.map(show)}`);
      if (record.draws.join() !== due.draws.join()) differs(record.number, `draws ${due.draws}`);
      if (record.arm !== s.arms[due.arm]) differs(record.number, `arm ${s.arms[due.arm]}`);
    }
  }
  if (sequences === null) cannot("this is not an export");
  if (seen !== header.allocations) differs(seen + 1, "the last ones were left out");
  console.log(`${seen} allocations, all the same; head ${chain}`);
}
main(process.argv[2], process.argv[3]).catch((fault) => cannot(fault.message));
