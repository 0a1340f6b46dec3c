package dev.davit.registry;

/**
 * The registry does not know its own upload session any more: because a server has restarted, or because the session
 * has ended well and only the answer was lost. Starting again helps in both cases.
 */
final class LostUploadException extends RegistryException {
    private static final long serialVersionUID = 1L;

    LostUploadException(RegistryException answer) {
        super(
                "the upload was lost: " + answer.getMessage(),
                answer.status(),
                answer.codes(),
                answer.retryAfter().orElse(null));
    }
}
