/** The snippets of the README, one method each; a test holds the README against them. */
@NullMarked
package dev.davit.examples.snippets;

import org.jspecify.annotations.NullMarked;
