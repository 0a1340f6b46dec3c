/** Credentials and the port through which a caller provides them. */
package dev.davit.oci.auth;
