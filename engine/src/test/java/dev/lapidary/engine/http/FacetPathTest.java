package dev.lapidary.engine.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FacetPathTest {
  @ParameterizedTest
  @CsvSource({
    "/alice/counter, alice, counter",
    "/alice/counter/, alice, counter",
    "/alice/counter/a/b?x=/y, alice, counter",
    "/alice/counter?x=/y/z, alice, counter",
    "/a%2Fb/counter.x%20y/z, a/b, counter.x y",
    "/a+b/c+d, a+b, c+d",
    "/../counter, .., counter",
    "/%C3%BC/counter.%F0%9F%92%8E, ü, counter.💎",
  })
  void theFirstTwoSegmentsNameObjectAndFacet(String target, String object, String facet) {
    assertThat(FacetPath.of(target)).contains(new FacetPath(object, facet));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/", "/alice", "/alice/", "//", "//x", "/alice?x=/y", "*", "http://x/a/b"})
  void aTargetWithoutTwoSegmentsLeadsToNoFacet(String target) {
    assertThat(FacetPath.of(target)).isEmpty();
  }

  @Test
  void malformedPercentEncodingIsTheClientsMistake() {
    for (String bad : new String[] {"/a%/b", "/a%zz/b", "/a/b%1", "/%ff/b", "/a/%c3"}) {
      assertThatThrownBy(() -> FacetPath.of(bad)).isInstanceOf(BadRequest.class);
    }
  }
}
