package dev.lapidary.engine.guest.wasm;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Defines one module's classes, apart from every other module's, and lets go of their bytes.
final class GuestClasses extends ClassLoader {
  static {
    registerAsParallelCapable();
  }

  private final Map<String, byte[]> classes;

  GuestClasses(Map<String, byte[]> classes) {
    super("guest", GuestClasses.class.getClassLoader());
    this.classes = new ConcurrentHashMap<>(classes);
  }

  @Override
  protected Class<?> findClass(String name) throws ClassNotFoundException {
    byte[] bytes = classes.remove(name);
    if (bytes == null) {
      throw new ClassNotFoundException(name);
    }
    return defineClass(name, bytes, 0, bytes.length);
  }
}
