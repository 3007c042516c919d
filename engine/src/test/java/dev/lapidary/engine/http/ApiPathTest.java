package dev.lapidary.engine.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ApiPathTest {
  @ParameterizedTest
  @CsvSource({
    "/_api/objects/alice/facets/counter, alice, counter, '', ''",
    "/_api/objects/alice/facets/counter?x=/y, alice, counter, '', ''",
    "/_api/objects/a%2Fb/facets/counter.x%20y, a/b, counter.x y, '', ''",
    "/_api/objects/../facets/.., .., .., '', ''",
    "/_api/objects/%2E%2E/facets/%2e, .., ., '', ''",
    "/_api/objects/alice/facets/counter/database?x, alice, counter, database, ''",
    "/_api/objects/../facets/../.., .., .., .., ''",
    "/_api/objects/a/facets/b/rpc/get%2Fit?x, a, b, rpc, get/it",
  })
  void aTargetOfTheApiNamesObjectAndFacetAndWhat(
      String target, String object, String facet, String what, String item) {
    assertThat(ApiPath.of(target)).contains(new ApiPath(object, facet, what, item));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/_api/objects/alice/facets",
        "/_api/objects/alice/facets/",
        "/_api/objects//facets/counter",
        "/_api/objects/alice/facets/counter/",
        "/_api/objects/alice/facets/counter/database/",
        "/_api/objects/alice/counter",
        "/x/_api/objects/alice/facets/counter",
        "/_api/objects/../../facets/counter",
      })
  void anotherTargetOfTheApiNamesNone(String target) {
    assertThat(ApiPath.of(target)).isEmpty();
  }
}
