const parts = (url) => [url.href, url.origin, url.protocol, url.username, url.password, url.host, url.port, url.pathname, url.search, url.hash];

const ABSOLUTE = [
  "http://example.com", "HTTP://EXAMPLE.com:80/", "https://example.com:443/a/../b/./c", "http://user:pass@host:8080/p?q#f", "http://user@host",
  "http://:pw@host/", "http://a:b:c@host/", "http://a@b@host/", "ftp://host/%7Efoo", "ftp://host:21/", "ws://h:80/", "wss://h:443/x", "file:///C|/a/../b",
  "file://host/share/f", "file:c:\\foo\\bar", "file:///../x", "file://localhost/x", "mailto:a@b.c", "data:text/plain,hi there", "javascript:alert(1)",
  "blob:https://a.com/uuid", "about:blank", "urn:isbn:1", "non-special://h:99/p?q#f", "non-special://[::1]/", "non-special:/a/b", "foo://a b/",
  "http://\u00fcnic\u00f6de.de/\u00fc?\u00fc#\u00fc", "http://xn--nicde-mva4dsc.de/", "http://fa\u00df.de/", "http://\u65e5\u672c\u8a9e.jp/", "http://EXAMPLE.COM./", "http://a..b/",
  "http://1.2.3.4/", "http://0x7f.1/", "http://2130706433/", "http://0300.0250.1/", "http://256.1.1.1/", "http://1.2.3.4.5/", "http://1.2.3.08/", "http://0xffffffff/",
  "http://0x100000000/", "http://1..2/", "http://[::1]/", "http://[1:2:3:4:5:6:7:8]/", "http://[0:0:0:1::]/", "http://[::1.2.3.4]/", "http://[::ffff:1.2.3.4]/", "http://[1::2::3]/", "http://[::1/",
  "http://[g::1]/", "http://[1:0:0:2:0:0:0:3]/", "http://host:0/", "http://host:65535/", "http://host:65536/", "http://host:abc/", "http://host:/", "http://host:00080/",
  "http://a b/", "http://a%20b/", "http://a<b/", "http://a^b/", "http://a|b/", "http://a%41/", "http://%zz/", "http://a\\b/c", "http:\\\\a\\b", "http:/a/b", "http:a/b", "http:///a/b", "http:////a",
  "http://", "http://?x", "http://#x", "http://@/", "http://a:b@/", "", "foo", "/x", "//x", "?x", "#x", ":", "::", "1http://a/", "ht+t-p.9://a/", "h t://a/",
  " http://a/ ", "\thttp://a/b\nc\r", "http://a/b c", "http://a/b%20c", "http://a/%2e%2E/x", "http://a/b/%2e", "http://a/b/.%2E/c", "http://a/\u0000", "http://a/\"<>`{}|^",
  "http://a/?\"<>'`{}", "http://a/#\"<>'`{}", "non-special:x?'", "http://a/?%zz", "http://a/%", "http://a/??x??", "http://a/##x", "http://a/?#", "http://a/?", "http://a/#",
  "http://a/;x=1,2:3@4", "http://a//b///c", "http://a/b/..", "http://a/b/../", "http://a/../../b", "http://ho\u00adst/", "http://a\u200bb/", "http://\u00bd/", "http://\ufffd/", "http://a/\ud800",
  "http://a.b.c.d.e/", "http://-a-/", "http://a_b/", "http://*.com/", "http://a!$&'()+,;=b/", "https://x:80/", "http://x:443/", "http://a/\ud83d\ude00", "ws://x#f", "file:", "file:/", "file://", "file:x", "file:///%43:/x",
];
const RELATIVE = [
  ["foo", "http://a/b/c?d#e"], ["./foo", "http://a/b/c"], ["../foo", "http://a/b/c/d"], ["../../../foo", "http://a/b/c"], ["/foo", "http://a/b/c"], ["//h/p", "https://a/b"],
  ["?x", "http://a/b?c#d"], ["#x", "http://a/b?c#d"], ["", "http://a/b?c#d"], ["http:foo", "http://a/b/c"], ["https:foo", "http://a/b"], ["\\x", "http://a/b/c"], ["..", "http://a/b/c/"],
  [".", "http://a/b/c"], ["x/..", "http://a/b/c"], ["x:y", "http://a/"], ["foo", "mailto:x"], ["#f", "mailto:x"], ["foo", "about:blank"], ["/foo", "file:///C:/a"], ["D:/x", "file:///C:/a"],
  ["//h", "file:///a"], ["x", "file:///a/b"], ["x", "non-special://h/a/b"], ["/x", "non-special://h/a/b"], ["//y", "non-special://h/a"], ["?x", "non-special:a"], ["x", "not a url"], ["http://x/", "not a url"],
  ["a?b/../c", "http://h/d/e"], ["%2e%2e/x", "http://h/a/b/c"], [":foo", "http://h/a"], ["a:b", "http://h/a"], ["./a:b", "http://h/a"], ["  x  ", "http://h/"], ["///x", "http://h/a"], [";x", "http://h/a/b;c"],
];
const SETTERS = [
  ["http://a:1/b?c#d", "protocol", ["https", "ftp:", "foo", "1x", "", "wss:x", "file"]], ["http://a/", "host", ["b", "b:8", "b:80", "", "x y", "b/c", "[::1]:9", "b:x"]],
  ["http://a:9/", "hostname", ["b", "b:8", "", "x^", "1.2"]], ["http://a/", "port", ["8", "80", "", "x", "8x", "65536", "-1", "08"]], ["http://a/b", "pathname", ["c", "/c d", "", "..", "?x", "#x", "\\x"]],
  ["http://a/b?c", "search", ["x", "?x", "", "??", "#x", "a b'"]], ["http://a/b#c", "hash", ["x", "#x", "", "##", "a b`"]], ["http://a/", "username", ["u", "u:v", "", "@/"]], ["http://a/", "password", ["p", "", ":@"]],
  ["mailto:a@b", "host", ["x"]], ["mailto:a@b", "pathname", ["x"]], ["mailto:a@b", "username", ["x"]], ["file:///a", "host", ["x", "localhost"]], ["file:///a", "port", ["1"]], ["file:///a", "username", ["x"]],
  ["http://a/", "href", ["http://b/", "x", ""]], ["foo://a/b", "protocol", ["http", "bar"]], ["http://a/", "origin", ["http://b"]], ["data:x", "hash", ["a"]],
];

export const cases = {};
for (const input of ABSOLUTE) cases["parse " + JSON.stringify(input)] = () => parts(new URL(input));
for (const [input, base] of RELATIVE) cases["parse " + JSON.stringify(input) + " at " + base] = () => parts(new URL(input, base));
for (const [start, name, values] of SETTERS) {
  for (const value of values) {
    cases[start + " ." + name + " = " + JSON.stringify(value)] = () => {
      "use strict";
      const url = new URL(start);
      try {
        url[name] = value;
      } catch (error) {
        return [error.name, url.href];
      }
      return parts(url);
    };
  }
}
Object.assign(cases, {
  "no argument": () => new URL(),
  "called as a function": () => URL("http://a/"),
  "canParse": () => [URL.canParse("http://a/"), URL.canParse("x"), URL.canParse("x", "http://a/"), URL.canParse("x", "y")],
  "toString and toJSON": () => [String(new URL("http://a")), JSON.stringify({ u: new URL("http://a") })],
  "an object as input": () => new URL({ toString: () => "http://a/" }).href,
  "a URL as base": () => new URL("x", new URL("http://a/b/")).href,
  "undefined as base": () => new URL("http://a/", undefined).href,
  "its tag": () => Object.prototype.toString.call(new URL("http://a")),
  "searchParams is one object": () => {
    const url = new URL("http://a/?x=1");
    return url.searchParams === url.searchParams;
  },
  "searchParams changes the URL": () => {
    const url = new URL("http://a/?x=1#f");
    url.searchParams.append("y", "a b&c");
    return [url.href, url.search];
  },
  "deleting the last parameter": () => {
    const url = new URL("http://a/?x=1");
    url.searchParams.delete("x");
    return [url.href, url.search];
  },
  "search changes searchParams": () => {
    const url = new URL("http://a/?x=1");
    const { searchParams } = url;
    url.search = "?y=2&z";
    return [...searchParams];
  },
  "href changes searchParams": () => {
    const url = new URL("http://a/?x=1");
    const { searchParams } = url;
    url.href = "http://b/?q=9";
    return [...searchParams];
  },
});
