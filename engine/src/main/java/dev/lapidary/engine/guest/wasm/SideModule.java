package dev.lapidary.engine.guest.wasm;

/// A shared library made by `wasm-ld -shared`, with what its `dylink.0` section asks for.
///
/// @param memorySize bytes of static data, at an address aligned to 2^`memoryAlignment`
/// @param tableSize slots of the table, at an index aligned to 2^`tableAlignment`
public record SideModule(
    String name,
    GuestModule module,
    int memorySize,
    int memoryAlignment,
    int tableSize,
    int tableAlignment) {
  private static final String SECTION = "dylink.0";
  private static final int MEMORY_INFO = 1;

  public static SideModule parse(String name, byte[] bytes) {
    GuestModule module = GuestModule.parse(bytes);
    byte[] section =
        module.customs().stream()
            .filter(custom -> custom.name().equals(SECTION))
            .findFirst()
            .orElseThrow(() -> new InvalidModuleException(name + " has no " + SECTION))
            .bytes();
    ByteReader in = new ByteReader(section, 0, section.length);
    while (!in.atEnd()) {
      int id = in.u8();
      ByteReader part = in.slice(in.count());
      if (id == MEMORY_INFO) {
        return new SideModule(name, module, part.index(), part.index(), part.index(), part.index());
      }
    }
    throw new InvalidModuleException(name + " asks for no memory");
  }

  public SideModule {
    if (memoryAlignment > 16 || tableAlignment > 16) {
      throw new InvalidModuleException(name + " asks for too great an alignment");
    }
  }
}
