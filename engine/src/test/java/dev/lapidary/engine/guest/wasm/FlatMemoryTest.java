package dev.lapidary.engine.guest.wasm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.dylibso.chicory.runtime.Memory;
import com.dylibso.chicory.runtime.TrapException;
import com.dylibso.chicory.wasm.types.MemoryLimits;
import dev.lapidary.engine.guest.MemoryBudget;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FlatMemoryTest {
  private static final int PAGE = Memory.PAGE_SIZE;
  private final MemoryBudget budget = new MemoryBudget(100L * PAGE);

  private FlatMemory memory(int initial, int maximum) {
    return new FlatMemory(new MemoryLimits(initial, maximum), budget);
  }

  @Test
  void accessTrapsExactlyAtTheEndEvenWhereTheArrayIsRoomier() {
    FlatMemory memory = memory(4, 20);
    assertThat(memory.grow(1)).isEqualTo(4);
    int end = 5 * PAGE;
    memory.writeByte(end - 1, (byte) 7);
    assertThat(memory.read(end - 1)).isEqualTo((byte) 7);
    assertThat(memory.readLong(end - 8)).isEqualTo(7L << 56);
    for (int address : new int[] {end, end + 1, -1, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
      assertThatThrownBy(() -> memory.read(address)).isInstanceOf(TrapException.class);
      assertThatThrownBy(() -> memory.writeByte(address, (byte) 1))
          .isInstanceOf(TrapException.class);
    }
    assertThatThrownBy(() -> memory.readShort(end - 1)).isInstanceOf(TrapException.class);
    assertThatThrownBy(() -> memory.readInt(end - 3)).isInstanceOf(TrapException.class);
    assertThatThrownBy(() -> memory.readLong(end - 7)).isInstanceOf(TrapException.class);
    assertThatThrownBy(() -> memory.fill((byte) 0, end - 1, end + 1))
        .isInstanceOf(TrapException.class);
    assertThatThrownBy(() -> memory.copy(0, end - 1, 2)).isInstanceOf(TrapException.class);
    assertThatThrownBy(() -> memory.readBytes(10, -1)).isInstanceOf(TrapException.class);
  }

  @Test
  void growthIsZeroedAndEndsAtTheMaximum() {
    FlatMemory memory = memory(1, 3);
    assertThat(memory.grow(2)).isEqualTo(1);
    assertThat(memory.readBytes(PAGE, 2 * PAGE)).containsOnly(0);
    assertThat(memory.exhausted()).isFalse();
    assertThat(memory.grow(1)).isEqualTo(-1);
    assertThat(memory.exhausted()).isTrue();
    assertThat(memory.grow(-1)).isEqualTo(-1);
    assertThat(memory.pages()).isEqualTo(3);
  }

  @Test
  void allMemoriesDrawFromOneBudgetAndGiveItBack() {
    FlatMemory first = memory(60, 200);
    assertThat(first.grow(50)).isEqualTo(-1);
    assertThatThrownBy(() -> memory(60, 200)).isInstanceOf(FlatMemory.OutOfGuestMemory.class);
    first.close();
    assertThat(budget.used()).isZero();
    memory(60, 200).close();
    assertThat(budget.used()).isZero();
  }

  @Test
  void everyWidthReadsWhatItWroteInLittleEndianAtAnyAlignment() {
    FlatMemory memory = memory(1, 1);
    Random random = new Random(42);
    for (int i = 0; i < 10_000; i++) {
      int at = random.nextInt(PAGE - 8);
      long value = random.nextLong();
      memory.writeLong(at, value);
      assertThat(memory.readLong(at)).isEqualTo(value);
      assertThat(memory.readInt(at)).isEqualTo((int) value);
      assertThat(memory.readShort(at)).isEqualTo((short) value);
      assertThat(memory.read(at)).isEqualTo((byte) value);
      assertThat(Double.doubleToRawLongBits(memory.readDouble(at))).isEqualTo(value);
      memory.writeI32(at, ~(int) value);
      assertThat(memory.readInt(at)).isEqualTo(~(int) value);
    }
  }

  @Test
  void copiesMayOverlap() {
    FlatMemory memory = memory(1, 1);
    memory.write(0, new byte[] {1, 2, 3, 4, 5}, 0, 5);
    memory.copy(2, 0, 5);
    assertThat(memory.readBytes(0, 7)).containsExactly(1, 2, 1, 2, 3, 4, 5);
  }
}
