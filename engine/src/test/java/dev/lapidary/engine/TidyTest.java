package dev.lapidary.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The house rules that a machine can check. */
class TidyTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final int MAX_LINES = 400;
  private static final List<String> VAGUE = List.of("Util", "Utils", "Helper", "Impl", "Manager");

  @Test
  void noMainSourceFileIsLongerThan400Lines() throws IOException {
    List<String> tooLong = new ArrayList<>();
    for (Path file : mainSources()) {
      long lines = lines(file).size();
      if (lines > MAX_LINES) {
        tooLong.add(ROOT.relativize(file) + ": " + lines);
      }
    }
    assertThat(tooLong).isEmpty();
  }

  @Test
  void noClassHasAVagueName() throws IOException {
    assertThat(mainSources().stream().map(file -> file.getFileName().toString()))
        .noneMatch(
            name -> VAGUE.stream().anyMatch(word -> name.replace(".java", "").endsWith(word)));
  }

  @Test
  void nothingIsLeftToDoInMainSources() throws IOException {
    assertNowhere("TO" + "DO", "FIX" + "ME", "XX" + "X", "printStackTrace", "System.out.");
  }

  @Test
  void everyPackageSaysWhatItIsForAndIsNullMarked() throws IOException {
    for (Path file : mainSources()) {
      if (file.toString().endsWith(".java")) {
        Path info = file.resolveSibling("package-info.java");
        assertThat(info).exists();
        assertThat(Files.readString(info)).contains("@NullMarked").contains("///");
      }
    }
  }

  @Test
  void everyMarkdownLinkInTheDocumentationLeadsSomewhere() throws IOException {
    List<String> broken = new ArrayList<>();
    for (Path file : files(".md")) {
      var links =
          java.util.regex.Pattern.compile("]\\((?!https?:|#|mailto:)([^)#\\s]+)")
              .matcher(Files.readString(file));
      while (links.find()) {
        if (!Files.exists(file.resolveSibling(links.group(1)))) {
          broken.add(ROOT.relativize(file) + " → " + links.group(1));
        }
      }
    }
    assertThat(broken).isEmpty();
  }

  private static void assertNowhere(String... words) throws IOException {
    List<String> found = new ArrayList<>();
    for (Path file : mainSources()) {
      List<String> lines = lines(file);
      for (int i = 0; i < lines.size(); i++) {
        for (String word : words) {
          if (lines.get(i).contains(word)) {
            found.add(ROOT.relativize(file) + ":" + (i + 1) + " " + word);
          }
        }
      }
    }
    assertThat(found).isEmpty();
  }

  private static List<Path> mainSources() throws IOException {
    List<Path> sources = new ArrayList<>(files(".java"));
    sources.addAll(files(".js"));
    sources.removeIf(file -> !file.toString().contains("/src/main/"));
    assertThat(sources).isNotEmpty();
    return sources;
  }

  private static List<Path> files(String extension) throws IOException {
    try (Stream<Path> walk = Files.walk(ROOT)) {
      return walk.filter(file -> file.toString().endsWith(extension))
          .filter(
              file ->
                  Stream.of("/target/", "/node_modules/", "/.git/", "/data/")
                      .noneMatch(("/" + ROOT.relativize(file))::contains))
          .toList();
    }
  }

  private static List<String> lines(Path file) throws IOException {
    return Files.readAllLines(file, StandardCharsets.UTF_8);
  }
}
