using System.IO;
using System.Security.Cryptography;
using Tacit.Aggregation.Failures;
using Tacit.Cryptography.Randomness;
using Tacit.Cryptography.Signatures;

namespace Tacit.Storage.Files;

/// <summary>Folders and files that only their owner may read. On Windows the folder's own access list decides: nothing is changed or checked there.</summary>
public static class PrivateFolder
{
    private const UnixFileMode OwnersFolder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode OwnersFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Makes a folder with mode 0700, unless it is there.</summary>
    /// <param name="folder">Its parents are made too.</param>
    /// <exception cref="FailureException">FILE_ACCESS.</exception>
    public static void Create(string folder)
    {
        try
        {
            if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
            else Directory.CreateDirectory(folder, OwnersFolder);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new FailureException(FailureCodes.FileAccess, $"the folder {folder} cannot be made: {problem.Message.ReplaceLineEndings(" ")}", problem);
        }
    }

    /// <summary>Writes a file with mode 0600, whole or not at all, and flushed.</summary>
    /// <param name="path">Replaced if it is there.</param>
    /// <param name="content">What it holds.</param>
    /// <exception cref="FailureException">FILE_ACCESS.</exception>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        string part = path + ".part";
        try
        {
            File.Delete(part);   // another mode than ours would stay
            FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnersFile;
            using (FileStream stream = new(part, options))
            {
                stream.Write(content);
                stream.Flush(flushToDisk: true);
            }

            File.Move(part, path, overwrite: true);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new FailureException(FailureCodes.FileAccess, $"{Path.GetFileName(path)} cannot be written: {problem.Message.ReplaceLineEndings(" ")}", problem);
        }
    }

    /// <summary>Opens or makes a file with mode 0600 that nobody else has open.</summary>
    /// <param name="path">Not emptied.</param>
    public static FileStream OpenFile(string path)
    {
        FileStreamOptions options = new() { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None, BufferSize = 0 };   // what a full disk refused must not be written later
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnersFile;
        return new FileStream(path, options);
    }

    /// <summary>Refuses a secret's file that others may read.</summary>
    /// <param name="path">A file that is there.</param>
    /// <exception cref="FailureException"><see cref="FailureCodes.KeyFilePermissions"/>.</exception>
    public static void ThrowIfShared(string path)
    {
        if (OperatingSystem.IsWindows()) return;
        UnixFileMode mode = File.GetUnixFileMode(path);
        if ((mode & ~(OwnersFolder)) != 0) throw new FailureException(FailureCodes.KeyFilePermissions, $"{Path.GetFileName(path)} has mode {Convert.ToString((int)mode, 8).PadLeft(4, '0')}; a secret's file must be readable by its owner alone: chmod 600 it, and rotate the key if somebody may have read it");
    }

    /// <summary>Reads an identity, or makes it and writes it first.</summary>
    /// <param name="path">64 hexadecimal digits: the secret scalar.</param>
    /// <exception cref="FailureException">KEY_FILE_PERMISSIONS, MALFORMED_FILE or FILE_ACCESS.</exception>
    public static SigningKey OpenKey(string path)
    {
        if (!File.Exists(path))
        {
            SigningKey made = SigningKey.Create(SystemRandomSource.Instance);
            WriteKey(path, made);
            return made;
        }

        ThrowIfShared(path);
        byte[] text = File.ReadAllBytes(path);
        Span<byte> scalar = stackalloc byte[SigningKey.ScalarBytes];
        try
        {
            ReadOnlySpan<byte> digits = text.AsSpan().TrimEnd("\r\n"u8);
            bool hex = digits.Length == 2 * SigningKey.ScalarBytes && Convert.FromHexString(digits, scalar, out _, out int written) == System.Buffers.OperationStatus.Done && written == scalar.Length;
            return hex && SigningKey.TryFromScalar(scalar, out SigningKey? key) ? key! : throw new FailureException(FailureCodes.MalformedFile, $"{Path.GetFileName(path)} does not hold a key: it must be {2 * SigningKey.ScalarBytes} hexadecimal digits; restore a backup, or remove the file and join again with a new key");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(text);
            CryptographicOperations.ZeroMemory(scalar);
        }
    }

    /// <summary>Writes an identity.</summary>
    /// <param name="path">Replaced if it is there.</param>
    /// <param name="key">The identity.</param>
    public static void WriteKey(string path, SigningKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        Span<byte> scalar = stackalloc byte[SigningKey.ScalarBytes];
        Span<byte> text = stackalloc byte[(2 * SigningKey.ScalarBytes) + 1];
        try
        {
            key.ExportScalar(scalar);
            Convert.TryToHexStringLower(scalar, text, out _);
            text[^1] = (byte)'\n';
            Write(path, text);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(scalar);
            CryptographicOperations.ZeroMemory(text);
        }
    }
}
