package dev.lapidary.engine.outbound;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.List;

/// The addresses that belong to the public internet: all but those that IANA's registries
/// of special addresses take out. An IPv4 address inside of an IPv6 one is looked at as what it is.
final class PublicAddresses {
  private record Block(int prefix, int bits) {
    boolean contains(int address) {
      return (address ^ prefix) >>> (32 - bits) == 0;
    }
  }

  private static final List<Block> SPECIAL =
      List.of(
          block(0, 0, 0, 0, 8),
          block(10, 0, 0, 0, 8),
          block(100, 64, 0, 0, 10),
          block(127, 0, 0, 0, 8),
          block(169, 254, 0, 0, 16),
          block(172, 16, 0, 0, 12),
          block(192, 0, 0, 0, 24),
          block(192, 0, 2, 0, 24),
          block(192, 88, 99, 0, 24),
          block(192, 168, 0, 0, 16),
          block(198, 18, 0, 0, 15),
          block(198, 51, 100, 0, 24),
          block(203, 0, 113, 0, 24),
          block(224, 0, 0, 0, 3));

  private PublicAddresses() {}

  private static Block block(int a, int b, int c, int d, int bits) {
    return new Block(a << 24 | b << 16 | c << 8 | d, bits);
  }

  static boolean contain(InetAddress address) {
    return switch (address) {
      case Inet4Address v4 -> isPublic(int32(v4.getAddress(), 0));
      case Inet6Address v6 -> isPublic(v6.getAddress());
      default -> false;
    };
  }

  private static boolean isPublic(int address) {
    return SPECIAL.stream().noneMatch(block -> block.contains(address));
  }

  /// Global unicast is 2000::/3; inside of it lie tunnels to IPv4 and blocks for documentation.
  private static boolean isPublic(byte[] address) {
    int first = int32(address, 0);
    if (first == 0
        && int32(address, 4) == 0
        && (int32(address, 8) == 0xffff || int32(address, 8) == 0)) {
      return int32(address, 8) == 0xffff && isPublic(int32(address, 12)); // ::ffff:a.b.c.d
    }
    if (first == 0x0064ff9b && int32(address, 4) == 0 && int32(address, 8) == 0) {
      return isPublic(int32(address, 12)); // 64:ff9b::a.b.c.d, NAT64
    }
    if (first >>> 16 == 0x2002) {
      return isPublic(first << 16 | int32(address, 4) >>> 16); // 6to4
    }
    boolean special =
        first == 0x20010db8 // documentation
            || first >>> 9 == 0x20010000 >>> 9 // 2001::/23, protocol assignments, Teredo
            || first >>> 12 == 0x3fff0000 >>> 12; // documentation
    return first >>> 29 == 1 && !special;
  }

  private static int int32(byte[] bytes, int at) {
    return (bytes[at] & 0xff) << 24
        | (bytes[at + 1] & 0xff) << 16
        | (bytes[at + 2] & 0xff) << 8
        | (bytes[at + 3] & 0xff);
  }
}
