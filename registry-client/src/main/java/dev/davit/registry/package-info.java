/** A client of OCI distribution registries. */
package dev.davit.registry;
