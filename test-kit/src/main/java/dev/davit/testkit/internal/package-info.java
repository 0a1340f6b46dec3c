/** How the parts of the test kit work; no API. */
@NullMarked
package dev.davit.testkit.internal;

import org.jspecify.annotations.NullMarked;
