package dev.lapidary.engine.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lapidary.abi.Body;
import dev.lapidary.abi.FacetException;
import dev.lapidary.abi.Header;
import dev.lapidary.abi.Request;
import dev.lapidary.abi.Response;
import dev.lapidary.abi.rpc.ByteStream;
import dev.lapidary.engine.outbound.OutboundPolicy.PrivateAddresses;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SelfSignedCertificate;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

@SuppressWarnings({"AddressSelection", "removal"})
@NullUnmarked // what is not there fails the test
class InternetTest {
  private static final OutboundPolicy.Limits LIMITS =
      new OutboundPolicy.Limits(
          1_000, 100_000, 2_000, 5_000, 10_000, 3, OutboundPolicy.Sockets.DEFAULT);

  private static final Map<String, byte[]> packed = new ConcurrentHashMap<>();
  private static Vertx vertx;
  private static HttpServer server;

  private final Map<String, String> names = new ConcurrentHashMap<>();
  private Internet internet;

  @BeforeAll
  static void serve() {
    vertx = Vertx.vertx();
    server =
        vertx
            .createHttpServer(new HttpServerOptions().setCompressionSupported(true))
            .requestHandler(InternetTest::answer)
            .listen(0, "127.0.0.1")
            .toCompletionStage()
            .toCompletableFuture()
            .join();
  }

  private static void answer(HttpServerRequest request) {
    switch (request.path()) {
      case "/echo" ->
          request
              .body()
              .onSuccess(
                  body ->
                      request
                          .response()
                          .end(
                              request.method()
                                  + " "
                                  + request.getHeader("host")
                                  + " "
                                  + request.uri()
                                  + " "
                                  + request.getHeader("authorization")
                                  + " "
                                  + request.getHeader("connection")
                                  + " "
                                  + request.getHeader("content-length")
                                  + " "
                                  + body));
      case "/moved" -> {
        String status = request.getParam("status");
        request
            .response()
            .setStatusCode(Integer.parseInt(status))
            .putHeader("location", request.getParam("to"))
            .end("moved");
      }
      case "/loop" -> request.response().setStatusCode(302).putHeader("location", "/loop").end();
      case "/large" -> request.response().end(Buffer.buffer(new byte[200_000]));
      case "/break" -> {
        request.response().setChunked(true).write("begin");
        vertx.setTimer(20, later -> request.connection().close());
      }
      case "/hang" -> {}
      case "/packed" -> {
        byte[] bytes = packed.get(request.getParam("as"));
        request
            .response()
            .putHeader("content-encoding", request.getParam("called"))
            .end(Buffer.buffer(bytes));
      }
      default -> request.response().setStatusCode(404).end();
    }
  }

  @AfterAll
  static void stop() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  @AfterEach
  void close() {
    if (internet != null) {
      internet.close();
    }
  }

  private Internet with(OutboundPolicy policy) {
    Resolver resolver =
        host -> {
          String address = names.getOrDefault(host, host);
          if (address.equals("nowhere.test")) {
            throw new UnknownHostException(host);
          }
          return List.of(InetAddress.getByName(address));
        };
    internet = new Internet(vertx, policy, resolver, new HttpClientOptions());
    return internet;
  }

  private Internet open() {
    names.put("app.test", "127.0.0.1");
    names.put("other.test", "127.0.0.1");
    return with(new OutboundPolicy(List.of("*"), Set.of(), PrivateAddresses.ALLOWED, LIMITS));
  }

  private static String url(String host, String path) {
    return "http://" + host + ":" + server.actualPort() + path;
  }

  private static String text(Response response) {
    return new String(response.body().collect(1_000_000).join(), StandardCharsets.UTF_8);
  }

  private static Request request(String method, String url, Body body, Header... headers) {
    return new Request(method, url, List.of(headers), body, Request.Redirect.FOLLOW);
  }

  private static void fails(CompletableFuture<Response> answer, String why) {
    assertThatThrownBy(answer::join)
        .isInstanceOf(CompletionException.class)
        .cause()
        .isInstanceOfSatisfying(
            FacetException.class, e -> assertThat(e.error().summary()).isEqualTo(why));
  }

  @Test
  void aRequestArrivesWithoutTheHeadersOfAnotherConnection() {
    Response response =
        open()
            .fetch(
                request(
                    "POST",
                    url("app.test", "/echo?a=b|c#fragment"),
                    Body.of("hi"),
                    new Header("host", "evil"),
                    new Header("connection", "close"),
                    new Header("content-length", "99"),
                    new Header("authorization", "me")))
            .join();
    assertThat(response.status()).isEqualTo(200);
    assertThat(text(response))
        .isEqualTo("POST app.test:" + server.actualPort() + " /echo?a=b%7Cc me null 2 hi");
  }

  @Test
  void aMethodThatIsNoneFailsAtOnce() {
    fails(
        open()
            .fetch(request("GET /admin HTTP/1.1\r\nx:", url("app.test", "/echo"), Body.NONE))
            .orTimeout(5, TimeUnit.SECONDS),
        "TypeError: Invalid HTTP method string: GET /admin HTTP/1.1\r\nx:");
  }

  @Test
  void nothingIsAskedThatThePolicyDoesNotName() {
    fails(
        with(OutboundPolicy.denied()).fetch(Request.get("http://app.test/")),
        "Error: This worker is not permitted to access app.test:80.");
    Internet some = with(OutboundPolicy.allowing(List.of("API.test", "*.zone.test")));
    for (String refused : List.of("app.test", "zone.test", "evilzone.test", "api.test.evil")) {
      fails(
          some.fetch(Request.get("http://" + refused + "/")),
          "Error: This worker is not permitted to access " + refused + ":80.");
    }
    names.put("api.test", "10.0.0.1");
    names.put("a.zone.test", "10.0.0.1");
    for (String named : List.of("api.test", "a.zone.test")) {
      fails(
          some.fetch(Request.get("http://" + named + "/")),
          "Error: This worker is not permitted to access "
              + named
              + ":80: its address is not public.");
    }
  }

  @Test
  void portsAreThePolicys() {
    fails(
        with(new OutboundPolicy(List.of("*"), Set.of(443), PrivateAddresses.ALLOWED, LIMITS))
            .fetch(Request.get("http://127.0.0.1/")),
        "Error: This worker is not permitted to access 127.0.0.1:80.");
  }

  @Test
  void specialAddressesAreNotPublic() throws Exception {
    for (String special :
        List.of(
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "127.0.0.1",
            "127.255.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.168.1.1",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::1",
            "::",
            "fe80::1",
            "fc00::1",
            "fd00:ec2::254",
            "ff02::1",
            "::ffff:10.0.0.1",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
            "2001:db8::1",
            "2001::1",
            "fec0::1")) {
      assertThat(PublicAddresses.contain(InetAddress.getByName(special))).as(special).isFalse();
    }
    for (String open :
        List.of(
            "1.1.1.1",
            "8.8.8.8",
            "172.32.0.1",
            "172.15.255.255",
            "192.169.0.1",
            "100.128.0.1",
            "223.255.255.255",
            "2606:4700::1111",
            "2a00:1450::1",
            "64:ff9b::808:808")) {
      assertThat(PublicAddresses.contain(InetAddress.getByName(open))).as(open).isTrue();
    }
  }

  @Test
  void aRedirectIsLookedAtLikeARequest() {
    names.put("app.test", "127.0.0.1");
    names.put("inside.test", "169.254.169.254");
    AtomicInteger lookUps = new AtomicInteger();
    Resolver rebinding =
        host -> {
          boolean first = lookUps.getAndIncrement() == 0;
          return List.of(InetAddress.getByName(first ? "127.0.0.1" : "10.0.0.1"));
        };
    // The first name is public here, as far as this policy is concerned: only 127.0.0.1 is allowed.
    Internet named =
        with(new OutboundPolicy(List.of("app.test"), Set.of(), PrivateAddresses.ALLOWED, LIMITS));
    fails(
        named.fetch(
            Request.get(url("app.test", "/moved?status=302&to=http%3A%2F%2Finside.test%2Flatest"))),
        "Error: This worker is not permitted to access inside.test:80.");
    Internet publicOnly =
        new Internet(
            vertx,
            OutboundPolicy.allowing(List.of("app.test")),
            rebinding,
            new HttpClientOptions());
    fails(
        publicOnly.fetch(Request.get(url("app.test", "/echo"))),
        "Error: This worker is not permitted to access app.test:"
            + server.actualPort()
            + ": its address is not public.");
    publicOnly.close();
  }

  @Test
  void redirectsAreFollowedAsTheStandardSays() {
    open();
    String there = url("other.test", "/echo").replace(":", "%3A").replace("/", "%2F");
    Header secret = new Header("authorization", "me");
    String port = ":" + server.actualPort();
    assertThat(
            text(
                internet
                    .fetch(
                        request(
                            "POST",
                            url("app.test", "/moved?status=302&to=echo%3Fa%3D1"),
                            Body.of("x"),
                            secret))
                    .join()))
        .isEqualTo("GET app.test" + port + " /echo?a=1 me null null ");
    assertThat(
            text(
                internet
                    .fetch(
                        request(
                            "PUT",
                            url("app.test", "/moved?status=307&to=" + there),
                            Body.of("x"),
                            secret))
                    .join()))
        .isEqualTo("PUT other.test" + port + " /echo null null 1 x");
    Response followed =
        internet.fetch(Request.get(url("app.test", "/moved?status=301&to=/echo"))).join();
    assertThat(followed.redirectedTo()).isEqualTo(url("app.test", "/echo"));
    assertThat(followed.statusText()).isEqualTo("OK");
    Request manual =
        new Request(
            "GET",
            url("app.test", "/moved?status=301&to=/echo"),
            List.of(),
            Body.NONE,
            Request.Redirect.MANUAL);
    Response unfollowed = internet.fetch(manual).join();
    assertThat(unfollowed.status()).isEqualTo(301);
    assertThat(unfollowed.header("location")).contains("/echo");
    assertThat(text(unfollowed)).isEqualTo("moved");
    fails(internet.fetch(Request.get(url("app.test", "/loop"))), "TypeError: Too many redirects.");
    fails(
        internet.fetch(Request.get(url("app.test", "/moved?status=302&to=ftp://x/"))),
        "TypeError: Invalid URL: ftp://x/");
  }

  @Test
  void whatCannotBeReachedIsALostConnection() {
    open();
    fails(internet.fetch(Request.get("http://nowhere.test/")), "Error: Network connection lost.");
    fails(internet.fetch(Request.get("http://127.0.0.1:1/")), "Error: Network connection lost.");
    fails(internet.fetch(Request.get("http:///")), "TypeError: Invalid URL: http:///");
    Response broken = internet.fetch(Request.get(url("app.test", "/break"))).join();
    assertThatThrownBy(() -> text(broken)).hasRootCauseMessage("Error: Network connection lost.");
  }

  @Test
  void bodiesAreBounded() {
    open();
    fails(
        internet.fetch(request("POST", url("app.test", "/echo"), Body.of(new byte[1_001]))),
        "Error: The request body has more than 1000 bytes.");
    Response large = internet.fetch(Request.get(url("app.test", "/large"))).join();
    assertThatThrownBy(() -> text(large))
        .hasRootCauseMessage("Error: The body has more than 100000 bytes.");
    // Nothing of these is left: as many as may be under way find their place.
    for (int i = 0; i < 10; i++) {
      assertThat(text(internet.fetch(Request.get(url("app.test", "/echo"))).join()))
          .contains("GET");
    }
  }

  @Test
  void onlySoManyAreUnderWay() {
    open();
    for (int i = 0; i < 3; i++) {
      CompletableFuture<Response> ignored = internet.fetch(Request.get(url("app.test", "/hang")));
    }
    fails(
        internet.fetch(Request.get(url("app.test", "/echo"))),
        "Error: Too many requests to the internet are under way: at most 3 may be.");
  }

  @Test
  void aStreamedBodyIsSentAsItComes() {
    open();
    Promise<Void> second = Promise.promise();
    ByteStream stream =
        new ByteStream() {
          private int chunk;

          @Override
          public CompletableFuture<Optional<byte[]>> read() {
            return switch (chunk++) {
              case 0 ->
                  CompletableFuture.completedFuture(
                      Optional.of("one ".getBytes(StandardCharsets.UTF_8)));
              case 1 ->
                  second
                      .future()
                      .map(v -> Optional.of("two".getBytes(StandardCharsets.UTF_8)))
                      .toCompletionStage()
                      .toCompletableFuture();
              default -> CompletableFuture.completedFuture(Optional.empty());
            };
          }

          @Override
          public void cancel(String reason) {}
        };
    CompletableFuture<Response> answer =
        internet.fetch(request("POST", url("app.test", "/echo"), Body.of(stream)));
    second.complete();
    assertThat(text(answer.join())).endsWith("null one two");
  }

  @Test
  void certificatesAreVerified() {
    SelfSignedCertificate certificate = SelfSignedCertificate.create("app.test");
    HttpServer tls =
        vertx
            .createHttpServer(
                new HttpServerOptions()
                    .setSsl(true)
                    .setKeyCertOptions(certificate.keyCertOptions()))
            .requestHandler(request -> request.response().end("secret"))
            .listen(0, "127.0.0.1")
            .toCompletionStage()
            .toCompletableFuture()
            .join();
    names.put("wrong.test", "127.0.0.1");
    open();
    fails(
        internet.fetch(Request.get("https://app.test:" + tls.actualPort() + "/")),
        "Error: Network connection lost.");
    Resolver local = host -> List.of(InetAddress.getByName("127.0.0.1"));
    Internet trusting =
        new Internet(
            vertx,
            new OutboundPolicy(List.of("*"), Set.of(), PrivateAddresses.ALLOWED, LIMITS),
            local,
            new HttpClientOptions().setTrustOptions(certificate.trustOptions()));
    assertThat(
            text(trusting.fetch(Request.get("https://app.test:" + tls.actualPort() + "/")).join()))
        .isEqualTo("secret");
    fails(
        trusting.fetch(Request.get("https://wrong.test:" + tls.actualPort() + "/")),
        "Error: Network connection lost.");
    trusting.close();
    certificate.delete();
  }

  private Response packed(String as, String called) {
    close();
    return open()
        .fetch(Request.get(url("app.test", "/packed?as=" + as + "&called=" + called)))
        .join();
  }

  private static byte[] pack(byte[] bytes, UnaryOperator<OutputStream> by) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (OutputStream packing = by.apply(out)) {
      packing.write(bytes);
    }
    return out.toByteArray();
  }

  private static OutputStream gzip(OutputStream out) {
    try {
      return new GZIPOutputStream(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void whatIsPackedIsUnpackedAsItIsRead() throws Exception {
    byte[] zeros = new byte[50 << 20];
    packed.put("bomb", pack(zeros, InternetTest::gzip));
    ByteStream bomb = ((Body.Streamed) packed("bomb", "gzip").body()).stream();
    assertThat(bomb.read().join().orElseThrow().length).isLessThanOrEqualTo(64 * 1024);
    bomb.cancel("enough");
    assertThatThrownBy(() -> bomb.read().join()).hasMessageContaining("enough");
    assertThatThrownBy(() -> packed("bomb", "gzip").body().collect(1 << 30).join())
        .hasMessageContaining("The body has more than 100000 bytes.");
  }

  @Test
  void theEncodingsOfTheWebAreUnpacked() throws Exception {
    byte[] text = "text ".repeat(10_000).getBytes(StandardCharsets.UTF_8);
    packed.put("gzip", pack(text, InternetTest::gzip));
    packed.put("deflate", pack(text, DeflaterOutputStream::new));
    packed.put("raw", pack(text, out -> new DeflaterOutputStream(out, new Deflater(9, true))));
    packed.put("none", text);
    packed.put("empty", new byte[0]);
    packed.put("half", Arrays.copyOf(packed.get("gzip"), 100));
    for (String[] each :
        new String[][] {
          {"gzip", "gzip"}, {"gzip", "X-GZIP"}, {"deflate", "deflate"}, {"raw", "deflate"}
        }) {
      Response response = packed(each[0], each[1]);
      assertThat(response.header("content-encoding")).isEmpty();
      assertThat(response.header("content-length")).isEmpty();
      assertThat(response.body().collect(100_000).join()).as(each[0]).isEqualTo(text);
    }
    assertThat(packed("none", "identity").body().collect(100_000).join()).isEqualTo(text);
    assertThat(packed("none", "br").header("content-encoding")).contains("br");
    assertThat(packed("empty", "gzip").body().collect(100).join()).isEmpty();
    for (String broken : List.of("half", "none")) {
      assertThatThrownBy(() -> packed(broken, "gzip").body().collect(100_000).join())
          .hasMessageContaining("Network connection lost.");
    }
  }

  @Test
  void aUrlThatNoServerTakesIsRefusedAtOnce() {
    String url = url("app.test", "/echo?") + "^".repeat(30_000_000);
    long began = System.nanoTime();
    fails(
        open().fetch(Request.get(url)),
        "TypeError: Invalid URL: it has more than 65536 characters.");
    assertThat(System.nanoTime() - began).isLessThan(TimeUnit.MILLISECONDS.toNanos(500));
  }

  @Test
  void whatFollowsWhatIsPackedKeepsNoConnection() throws Exception {
    try (ScriptedServer endless = new ScriptedServer()) {
      byte[] hello = pack("hello".getBytes(StandardCharsets.UTF_8), InternetTest::gzip);
      endless.on(
          "/x",
          client -> {
            client.say("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n");
            client.socket.getOutputStream().write(hello);
            while (true) {
              client.say("x".repeat(1_000));
            }
          });
      Response response =
          open().fetch(Request.get("http://app.test:" + endless.port() + "/x")).join();
      assertThat(text(response)).isEqualTo("hello");
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(3);
      while (endless.connections() > 0 && System.nanoTime() < end) {
        Thread.sleep(5);
      }
      assertThat(endless.connections()).isZero();
    }
  }
}
