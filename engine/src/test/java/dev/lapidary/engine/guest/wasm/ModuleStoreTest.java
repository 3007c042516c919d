package dev.lapidary.engine.guest.wasm;

import static dev.lapidary.engine.guest.wasm.ModuleBuilder.body;
import static org.assertj.core.api.Assertions.assertThat;

import com.dylibso.chicory.runtime.Instance;
import dev.lapidary.abi.Limits.Wasm;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the pipeline remembers, in memory and in a folder.
final class ModuleStoreTest {
  private static final FunctionType ONE = new FunctionType(List.of(), List.of(ValueType.I32));

  @TempDir private Path folder;

  /// A module whose function answers a number.
  private static byte[] answering(int number) {
    ModuleBuilder builder = new ModuleBuilder();
    builder.add(ONE, Locals.NONE, body(ONE, Instruction.i32(number)));
    return builder.build().encode();
  }

  private static long answer(CompiledModule module) {
    Instance instance = module.instantiate(Runs.imports(), 1, Runs::memory);
    Fuel.of(instance).set(Runs.PLENTY);
    Fuel.of(instance).allowStack(StackBudget.DEFAULT);
    return instance.export("f0").apply()[0];
  }

  private long compiled(int number) throws IOException {
    return answer(pipeline().compile(answering(number)));
  }

  private Pipeline pipeline() throws IOException {
    return Pipeline.storing(ModuleLimits.DEFAULT, folder);
  }

  private List<Path> entries() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(f -> f.toString().endsWith(".module")).sorted().toList();
    }
  }

  private Path onlyEntry() throws IOException {
    assertThat(entries()).hasSize(1);
    return entries().getFirst();
  }

  private static Object identity(Path file) throws IOException {
    return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
  }

  @Test
  void findsModulesAgain() throws IOException {
    assertThat(compiled(7)).isEqualTo(7);
    Object first = identity(onlyEntry());
    assertThat(compiled(7)).isEqualTo(7);
    assertThat(identity(onlyEntry())).as("not written again").isEqualTo(first);
    assertThat(compiled(8)).isEqualTo(8);
    assertThat(entries()).hasSize(2);
  }

  @Test
  void remakesAnyEntryThatIsNotAsItWasWritten() throws IOException {
    compiled(7);
    Path entry = onlyEntry();
    byte[] good = Files.readAllBytes(entry);
    List<byte[]> bad = new ArrayList<>();
    for (int at = 0; at < good.length; at += Math.max(1, good.length / 5)) {
      byte[] flipped = good.clone();
      flipped[at] ^= 1;
      bad.add(flipped);
      bad.add(Arrays.copyOf(good, at));
    }
    bad.add(Arrays.copyOf(good, good.length + 1));
    for (byte[] bytes : bad) {
      Files.write(entry, bytes);
      assertThat(compiled(7)).isEqualTo(7);
      assertThat(Files.readAllBytes(entry)).isEqualTo(good);
    }
  }

  @Test
  void doesNotBelieveAnEntryUnderAnotherName() throws IOException {
    compiled(7);
    byte[] seven = Files.readAllBytes(onlyEntry());
    Files.delete(onlyEntry());
    compiled(8);
    Files.write(onlyEntry(), seven);
    assertThat(compiled(8)).isEqualTo(8);
  }

  @Test
  void doesNotBelieveEntriesOfAnotherSecret() throws IOException {
    compiled(7);
    byte[] old = Files.readAllBytes(onlyEntry());
    Files.delete(folder.resolve("secret"));
    assertThat(compiled(7)).isEqualTo(7);
    assertThat(Files.readAllBytes(onlyEntry())).isNotEqualTo(old);
  }

  @Test
  void doesNotUseASecretThatOthersMayRead() throws IOException {
    compiled(7);
    Path secret = folder.resolve("secret");
    byte[] old = Files.readAllBytes(secret);
    Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-r--r--"));
    compiled(7);
    assertThat(Files.readAllBytes(secret)).isNotEqualTo(old);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(secret)))
        .isEqualTo("rw-------");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(onlyEntry())))
        .isEqualTo("rw-------");
  }

  @Test
  void keepsWhatWasUsedLastWithinItsBytes() throws IOException {
    compiled(1);
    long size = Files.size(onlyEntry());
    compiled(2);
    compiled(3);
    Set<Path> old = Set.copyOf(entries());
    long when = 1_000_000;
    for (Path entry : entries()) {
      Files.setLastModifiedTime(entry, FileTime.fromMillis(when += 1000));
    }
    compiled(1);
    Wasm d = Wasm.DEFAULT;
    ModuleStore small = ModuleStore.open(folder, 3 * size + size / 2);
    ModuleArtifact artifact = new ModuleCompiler(new ModuleLimits(d)).compile(answering(4));
    small.write("f".repeat(64), artifact);
    assertThat(entries()).hasSize(3);
    assertThat(entries().stream().filter(old::contains).collect(Collectors.toSet())).hasSize(2);
    long total = 0;
    for (Path entry : entries()) {
      total += Files.size(entry);
    }
    assertThat(total).isLessThan(3 * size + size / 2);
    ModuleStore tiny = ModuleStore.open(folder, size / 2);
    tiny.write("e".repeat(64), artifact);
    assertThat(entries()).as("never more than it holds").hasSize(3);
  }

  @Test
  void runsWithoutAFolderItCanWrite() throws IOException {
    Pipeline pipeline = pipeline();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
    assertThat(answer(pipeline.compile(answering(7)))).isEqualTo(7);
    Files.createDirectory(folder);
  }

  @Test
  void compilesOnceForAllWhoAskAtOnce() throws Exception {
    Pipeline pipeline = new Pipeline(ModuleLimits.DEFAULT);
    byte[] wasm = answering(7);
    Callable<CompiledModule> compile = () -> pipeline.compile(wasm);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Set<CompiledModule> modules = Collections.newSetFromMap(new IdentityHashMap<>());
      for (Future<CompiledModule> module : threads.invokeAll(Collections.nCopies(50, compile))) {
        modules.add(module.get());
      }
      assertThat(modules).hasSize(1);
    }
    assertThat(pipeline.compile(wasm.clone())).isSameAs(pipeline.compile(wasm));
  }

  @Test
  void unloadsWhatNobodyUses() throws InterruptedException {
    Pipeline pipeline = new Pipeline(ModuleLimits.DEFAULT);
    WeakReference<ClassLoader> loader = loader(pipeline);
    for (int i = 1; i <= 16; i++) {
      assertThat(answer(pipeline.compile(answering(i)))).isEqualTo(i);
    }
    for (int i = 0; i < 100 && loader.get() != null; i++) {
      System.gc();
      Thread.sleep(10);
    }
    assertThat(loader.get()).isNull();
    assertThat(answer(pipeline.compile(answering(0)))).isEqualTo(0);
  }

  private static WeakReference<ClassLoader> loader(Pipeline pipeline) {
    CompiledModule module = pipeline.compile(answering(0));
    Instance instance = module.instantiate(Runs.imports(), 1, Runs::memory);
    return new WeakReference<>(instance.getMachine().getClass().getClassLoader());
  }
}
