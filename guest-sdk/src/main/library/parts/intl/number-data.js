/** Currencies and units in en-US. */

export const SYMBOLS = {
  USD: "$", EUR: "€", GBP: "£", JPY: "¥", INR: "₹", CNY: "CN¥", KRW: "₩", CAD: "CA$", AUD: "A$", MXN: "MX$", NZD: "NZ$", BRL: "R$", ILS: "₪", VND: "₫",
  HKD: "HK$", TWD: "NT$", PHP: "₱", XAF: "FCFA", XOF: "F\u202fCFA", XPF: "CFPF", XCD: "EC$",
};
export const NARROW = {
  ...SYMBOLS, CNY: "¥", CAD: "$", AUD: "$", MXN: "$", NZD: "$", HKD: "$", TWD: "$", ARS: "$", CLP: "$", COP: "$", SGD: "$", RUB: "₽", UAH: "₴", TRY: "₺", PLN: "zł",
  CZK: "Kč", SEK: "kr", NOK: "kr", DKK: "kr", HUF: "Ft", THB: "฿", NGN: "₦", KZT: "₸", EGP: "E£", IDR: "Rp", MYR: "RM", PKR: "Rs", BDT: "৳", ISK: "kr", RON: "lei",
};
const ZERO = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF";
const THREE = "BHD IQD JOD KWD LYD OMR TND";
export const currencyDigits = (code) => (ZERO.includes(code) ? 0 : THREE.includes(code) ? 3 : 2);
/** One and many. */
export const CURRENCY_NAMES = {
  USD: ["US dollar", "US dollars"], EUR: ["euro", "euros"], GBP: ["British pound", "British pounds"], JPY: ["Japanese yen", "Japanese yen"],
  CHF: ["Swiss franc", "Swiss francs"], CAD: ["Canadian dollar", "Canadian dollars"], AUD: ["Australian dollar", "Australian dollars"],
  NZD: ["New Zealand dollar", "New Zealand dollars"], CNY: ["Chinese yuan", "Chinese yuan"], INR: ["Indian rupee", "Indian rupees"],
  KRW: ["South Korean won", "South Korean won"], MXN: ["Mexican peso", "Mexican pesos"], BRL: ["Brazilian real", "Brazilian reals"],
  RUB: ["Russian ruble", "Russian rubles"], SEK: ["Swedish krona", "Swedish kronor"], NOK: ["Norwegian krone", "Norwegian kroner"],
  DKK: ["Danish krone", "Danish kroner"], PLN: ["Polish zloty", "Polish zlotys"], TRY: ["Turkish lira", "Turkish Lira"], ZAR: ["South African rand", "South African rand"],
  SGD: ["Singapore dollar", "Singapore dollars"], HKD: ["Hong Kong dollar", "Hong Kong dollars"], ILS: ["Israeli new shekel", "Israeli new shekels"], THB: ["Thai baht", "Thai baht"],
};
/** Long name (an s makes it many), short form after a number, narrow form. A short form with a | has one for one and one for many. */
export const UNITS = {
  acre: ["acre", " ac", "ac"], bit: ["bit", " bit", "bit"], byte: ["byte", " byte", "B"], celsius: ["degree Celsius|degrees Celsius", "°C", "°C"],
  centimeter: ["centimeter", " cm", "cm"], day: ["day", " day| days", "d"], degree: ["degree", " deg", "°"], fahrenheit: ["degree Fahrenheit|degrees Fahrenheit", "°F", "°"],
  "fluid-ounce": ["fluid ounce", " fl oz", "fl oz"], foot: ["foot|feet", " ft", "′"], gallon: ["gallon", " gal", "gal"], gigabit: ["gigabit", " Gb", "Gb"],
  gigabyte: ["gigabyte", " GB", "GB"], gram: ["gram", " g", "g"], hectare: ["hectare", " ha", "ha"], hour: ["hour", " hr", "h"], inch: ["inch|inches", " in", "″"],
  kilobit: ["kilobit", " kb", "kb"], kilobyte: ["kilobyte", " kB", "kB"], kilogram: ["kilogram", " kg", "kg"], kilometer: ["kilometer", " km", "km"], liter: ["liter", " L", "L"],
  megabit: ["megabit", " Mb", "Mb"], megabyte: ["megabyte", " MB", "MB"], meter: ["meter", " m", "m"], microsecond: ["microsecond", " μs", "μs"], mile: ["mile", " mi", "mi"],
  "mile-scandinavian": ["mile-scandinavian|miles-scandinavian", " smi", "smi"], milliliter: ["milliliter", " mL", "mL"], millimeter: ["millimeter", " mm", "mm"],
  millisecond: ["millisecond", " ms", "ms"], minute: ["minute", " min", "m"], month: ["month", " mth| mths", "m"], nanosecond: ["nanosecond", " ns", "ns"], ounce: ["ounce", " oz", "oz"],
  percent: ["percent|percent", "%", "%"], petabyte: ["petabyte", " PB", "PB"], pound: ["pound", " lb", "#"], second: ["second", " sec", "s"], stone: ["stone|stones", " st", "st"],
  terabit: ["terabit", " Tb", "Tb"], terabyte: ["terabyte", " TB", "TB"], week: ["week", " wk| wks", "w"], yard: ["yard", " yd", "yd"], year: ["year", " yr| yrs", "y"],
};
/** How a unit reads behind "per". */
export const PER = { hour: ["hour", "h"], second: ["second", "s"], minute: ["minute", "min"], day: ["day", "d"], week: ["week", "w"], month: ["month", "m"], year: ["year", "y"] };
/** Pairs with a form of their own. */
export const PAIRS = { "kilometer-per-hour": [" km/h", "km/h"], "mile-per-hour": [" mph", "mph"], "meter-per-second": [" m/s", "m/s"], "mile-per-gallon": [" mpg", "mpg"] };
