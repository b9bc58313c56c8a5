// Writes times, amounts and words for people. Amounts stay texts: they never pass
// through a number.

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

function parts(time) {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? null : date;
}

const two = (n) => String(n).padStart(2, "0");

/** The time of a day in UTC: 02:04:05. */
export function clockTime(time) {
  const date = parts(time);
  return date ? [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map(two).join(":") : "";
}

/** A day in UTC: 1 Apr 2026. */
export function day(time) {
  const date = parts(time);
  return date ? `${date.getUTCDate()} ${months[date.getUTCMonth()]} ${date.getUTCFullYear()}` : "";
}

/** Day and time in UTC. */
export function moment(time) {
  return parts(time) ? `${day(time)}, ${clockTime(time)} UTC` : "";
}

/** A count with commas. */
export function count(n) {
  return grouped(String(n));
}

function grouped(digits) {
  return digits.replace(/\B(?=(\d{3})+$)/g, ",");
}

/** An amount with commas, and its currency behind it. */
export function money(amount, currency) {
  if (!amount) return "";
  const [, sign, whole, fraction] = /^(-?)(\d*)(.*)$/s.exec(amount);
  return (sign ? "−" : "") + grouped(whole) + fraction + (currency ? " " + currency : "");
}

/** A duration given in nanoseconds. */
export function took(ns) {
  if (ns >= 1e9) return (ns / 1e9).toFixed(1) + " s";
  if (ns >= 1e6) return (ns / 1e6).toFixed(1) + " ms";
  return Math.max(1, Math.round(ns / 1e3)) + " µs";
}

/** One thing or several. */
export function plural(n, one, several) {
  return `${count(n)} ${n === 1 ? one : several}`;
}

const capitals = /\b(kyc|otp|3ds|id|mcc|url|aes|rsa|api|pin|oauth)\b/g;

/** A name with hyphens or underscores as words: issue-card is Issue card. */
export function words(name) {
  const text = name.replaceAll(/[-_]/g, " ").replaceAll(capitals, (word) => word.toUpperCase());
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A card number in groups of four, masked or not; what is none stays as it is. */
export function cardNumber(text) {
  return /^[0-9•]{12,19}$/.test(text) ? text.match(/.{1,4}/g).join(" ") : text;
}

const names = {
  worldcard: "WorldCard",
  legacy: "Legacy",
  kazepay: "KazePay",
  uqpay: "UQPAY",
  coshine: "Coshine",
  unionpay: "UnionPay",
};

/** A provider as it writes itself. */
export function providerName(name) {
  return Object.hasOwn(names, name) ? names[name] : name;
}

/** The tone of a verdict of a request. */
export function verdictTone(verdict) {
  return { ok: "good", refused: "bad", fault: "warn", broken: "calm" }[verdict] ?? "calm";
}

/** The tone of a status, whichever of the providers' words it is. */
export function statusTone(status) {
  const word = status.toLowerCase();
  if (/declin|reject|fail|cancel|clos|terminat|expir|delet|revers|not accepted/.test(word)) return "bad";
  if (/freez|frozen|block|suspend|lock|inactiv|incomplete/.test(word)) return "warn";
  if (/activ|approv|settl|success|pass|complet|accepted|normal/.test(word)) return "good";
  if (/pend|process|wait|review|init|unsettled/.test(word)) return "info";
  return "calm";
}
