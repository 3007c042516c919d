package dev.lapidary.abi;

/// One HTTP header line. Names keep the spelling they arrived with and compare without case.
///
/// @param name the header's name, an RFC 9110 token
/// @param value the header's value, without line breaks
public record Header(String name, String value) {}
