using System.Buffers.Text;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Tacit.Aggregation.Failures;
using Tacit.Cryptography.Hashing;
using Tacit.Cryptography.Randomness;

namespace Tacit.Federation.Identities;

/// <summary>An invitation as one string: where, whose, a secret that is good once, and the coordinator's certificate. A checksum tells a typing error before anything is sent.</summary>
/// <remarks>Holds a secret: never printed but by <see cref="ToText"/>.</remarks>
[DebuggerDisplay("<redacted>")]
public sealed class Invite
{
    /// <summary>How every invitation begins.</summary>
    public const string Prefix = "tacit1:";

    /// <summary>Bytes of the secret.</summary>
    public const int SecretBytes = 32;

    private const byte Version = 1;
    private const int ChecksumBytes = 4, LongestText = 2048, LongestName = 100;

    private readonly byte[] secret;

    private Invite(Uri coordinator, string name, string? certificateHash, byte[] secret) => (Coordinator, Name, CertificateHash, this.secret) = (coordinator, name, certificateHash, secret);

    /// <summary>Where the coordinator is.</summary>
    public Uri Coordinator { get; }

    /// <summary>Whose invitation it is.</summary>
    public string Name { get; }

    /// <summary>SHA-256 of the coordinator's authority or certificate, 64 hexadecimal digits; null without TLS, which only loopback does.</summary>
    public string? CertificateHash { get; }

    /// <summary>The secret.</summary>
    public ReadOnlySpan<byte> Secret => secret;

    /// <summary>What is stored of the secret: a hash from which it cannot be found.</summary>
    public byte[] Hash => HashOf(secret);

    /// <summary>Makes an invitation.</summary>
    /// <param name="coordinator">Its address, as the invited reach it.</param>
    /// <param name="name">1 to 100 letters, digits, dots, dashes or underscores.</param>
    /// <param name="certificateHash">SHA-256 of the coordinator's authority, or null without TLS.</param>
    /// <param name="random">Where the secret comes from.</param>
    /// <exception cref="ArgumentException">An address or a hash that cannot be written.</exception>
    public static Invite Create(Uri coordinator, string name, string? certificateHash, IRandomSource random)
    {
        byte[] secret = new byte[SecretBytes];
        random.Fill(secret);
        Invite made = new(coordinator, name, certificateHash, secret);
        return TryRead(made.ToText(), out _, out string problem) ? made : throw new ArgumentException(problem, nameof(coordinator));
    }

    /// <summary>Reads an invitation that somebody typed or pasted.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="invite">The invitation, or null.</param>
    /// <param name="problem">What is wrong with it; never shows the secret.</param>
    public static bool TryRead(string text, out Invite? invite, out string problem)
    {
        ArgumentNullException.ThrowIfNull(text);
        (invite, string body) = (null, text.Trim());
        if (!body.StartsWith(Prefix, StringComparison.Ordinal)) return Fail($"an invitation begins with {Prefix}", out problem);
        if (body.Length > LongestText) return Fail($"an invitation has at most {LongestText} characters", out problem);
        byte[] bytes;
        try
        {
            bytes = Base64Url.DecodeFromChars(body.AsSpan(Prefix.Length));
        }
        catch (FormatException)
        {
            return Fail("it is cut off, or holds characters that no invitation has: copy it again, whole", out problem);
        }

        if (bytes.Length <= ChecksumBytes || !Checksum(bytes.AsSpan(0, bytes.Length - ChecksumBytes)).SequenceEqual(bytes.AsSpan(bytes.Length - ChecksumBytes))) return Fail("its checksum does not fit: a character is wrong or missing; copy it again, whole", out problem);
        invite = Decode(bytes.AsSpan(0, bytes.Length - ChecksumBytes));
        return invite is null ? Fail("it is of a kind that this program does not know; use the newer program", out problem) : Succeed(out problem);
    }

    /// <summary>Reads an invitation that somebody typed or pasted.</summary>
    /// <param name="text">Any text.</param>
    /// <exception cref="FailureException"><see cref="FailureCodes.InvitationInvalid"/>.</exception>
    public static Invite Read(string text) =>
        TryRead(text, out Invite? invite, out string problem) ? invite! : throw new FailureException(FailureCodes.InvitationInvalid, $"this is not an invitation: {problem}");

    /// <summary>The one string.</summary>
    public string ToText()
    {
        byte[] name = Encoding.UTF8.GetBytes(Name), address = Encoding.UTF8.GetBytes(Coordinator.AbsoluteUri), pin = CertificateHash is null ? [] : Convert.FromHexString(CertificateHash);
        byte[] body = [Version, (byte)pin.Length, .. pin, .. secret, (byte)name.Length, .. name, .. address];
        return Prefix + Base64Url.EncodeToString([.. body, .. Checksum(body)]);
    }

    /// <summary>What is stored of a secret.</summary>
    /// <param name="secret">32 bytes.</param>
    public static byte[] HashOf(ReadOnlySpan<byte> secret)
    {
        using TranscriptHash hash = new("tacit/invite/1");
        return hash.Append("secret", secret).Digest();
    }

    /// <inheritdoc/>
    public override string ToString() => "<redacted>";

    private static Invite? Decode(ReadOnlySpan<byte> body)
    {
        if (body.Length < 2 || body[0] != Version || body[1] is not (0 or SHA256.HashSizeInBytes)) return null;
        int pin = body[1], at = 2 + pin + SecretBytes;
        if (body.Length < at + 1 || body[at] is 0 or > LongestName || body.Length < at + 1 + body[at]) return null;
        string name = Encoding.UTF8.GetString(body.Slice(at + 1, body[at])), address = Encoding.UTF8.GetString(body[(at + 1 + body[at])..]);
        if (!name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_')) return null;
        if (!Uri.TryCreate(address, UriKind.Absolute, out Uri? coordinator)) return null;
        bool tls = coordinator.Scheme == Uri.UriSchemeHttps, plain = coordinator.Scheme == Uri.UriSchemeHttp && coordinator.IsLoopback;
        if (tls ? pin == 0 : !plain) return null;   // whoever is invited over the network knows the certificate
        return new Invite(coordinator, name, pin == 0 ? null : Convert.ToHexStringLower(body.Slice(2, pin)), body.Slice(2 + pin, SecretBytes).ToArray());
    }

    private static ReadOnlySpan<byte> Checksum(ReadOnlySpan<byte> body)
    {
        using TranscriptHash hash = new("tacit/invite-checksum/1");
        return hash.Append("body", body).Digest().AsSpan(0, ChecksumBytes);
    }

    private static bool Fail(string what, out string problem)
    {
        problem = what;
        return false;
    }

    private static bool Succeed(out string problem)
    {
        problem = "";
        return true;
    }
}
