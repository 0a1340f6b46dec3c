/** Shared machinery of Davit's own modules; exported to nobody else and free to change. */
package dev.davit.oci.internal;
