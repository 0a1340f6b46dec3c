package dev.davit.oci.internal;

/** Keeps the package in being until its first type arrives. */
final class Reserved {
    private Reserved() {}
}
