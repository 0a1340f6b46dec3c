package dev.davit.testkit.internal.containerd;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Locale;
import java.util.Optional;

/**
 * The program of the first container of each pod: it does nothing, for ever, and lets the kernel bury the orphans that it
 * inherits in a pod with a shared process namespace. It is an ELF file with a dozen instructions:
 *
 * <pre>{@code
 * struct sigaction ignore = {SIG_IGN};
 * rt_sigaction(SIGCHLD, &ignore, NULL, 8);
 * for (;;) ppoll(NULL, 0, NULL, NULL);
 * }</pre>
 */
final class PauseProgram {
    private static final int FILE_HEADER = 64;
    private static final int PROGRAM_HEADER = 56;
    private static final int CODE = FILE_HEADER + PROGRAM_HEADER;
    private static final long BASE = 0x400000;

    /** Instructions are little-endian on both, and so are all numbers of the file. */
    private static final int SIGACTION_SIZE = 32;

    private static final byte[] AMD64 = bytes(
            0xb8, 0x0d, 0, 0, 0, // mov eax, 13: rt_sigaction
            0xbf, 0x11, 0, 0, 0, // mov edi, 17: SIGCHLD
            0x48, 0x8d, 0x35, 0x1f, 0, 0, 0, // lea rsi, [rip + 31]: what follows the code
            0x31, 0xd2, // xor edx, edx
            0x41, 0xba, 0x08, 0, 0, 0, // mov r10d, 8
            0x0f, 0x05, // syscall
            0xb8, 0x0f, 0x01, 0, 0, // mov eax, 271: ppoll
            0x31, 0xff, // xor edi, edi
            0x31, 0xf6, // xor esi, esi
            0x31, 0xd2, // xor edx, edx
            0x4d, 0x31, 0xd2, // xor r10, r10
            0x0f, 0x05, // syscall
            0xeb, 0xee, // jmp to the second mov
            0x90, 0x90, 0x90);

    private static final byte[] ARM64 = words(
            0xd28010c8, // mov x8, 134: rt_sigaction
            0xd2800220, // mov x0, 17: SIGCHLD
            0x10000161, // adr x1, what follows the code: 11 instructions on
            0xd2800002, // mov x2, 0
            0xd2800103, // mov x3, 8
            0xd4000001, // svc 0
            0xd2800928, // mov x8, 73: ppoll
            0xd2800000, // mov x0, 0
            0xd2800001, // mov x1, 0
            0xd2800002, // mov x2, 0
            0xd2800003, // mov x3, 0
            0xd4000001, // svc 0
            0x17fffffa); // b to the second mov

    private PauseProgram() {}

    /** {@return the file, if this machine is of an architecture that it exists for} */
    static Optional<byte[]> forThisMachine() {
        return switch (System.getProperty("os.arch", "").toLowerCase(Locale.ROOT)) {
            case "amd64", "x86_64" -> Optional.of(elf(62, AMD64));
            case "aarch64", "arm64" -> Optional.of(elf(183, ARM64));
            default -> Optional.empty();
        };
    }

    private static byte[] elf(int machine, byte[] code) {
        int size = CODE + code.length + SIGACTION_SIZE;
        ByteBuffer file = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        file.putInt(0x464c457f).put(bytes(2, 1, 1, 0)).putLong(0); // "\x7fELF", 64 bits, little-endian
        file.putShort((short) 2).putShort((short) machine).putInt(1); // executable
        file.putLong(BASE + CODE).putLong(FILE_HEADER).putLong(0); // entry, program headers, no sections
        file.putInt(0).putShort((short) FILE_HEADER);
        file.putShort((short) PROGRAM_HEADER).putShort((short) 1);
        file.putShort((short) 64).putShort((short) 0).putShort((short) 0);
        file.putInt(1).putInt(5); // load it all, to read and execute
        file.putLong(0).putLong(BASE).putLong(BASE).putLong(size).putLong(size).putLong(0x1000);
        file.put(code).putLong(1); // SIG_IGN, and the rest of the structure is zero
        return file.array();
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    private static byte[] words(int... values) {
        ByteBuffer buffer = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
        for (int value : values) {
            buffer.putInt(value);
        }
        return buffer.array();
    }
}
