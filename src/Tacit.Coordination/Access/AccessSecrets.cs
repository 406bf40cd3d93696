using System.Security.Cryptography;
using Tacit.Cryptography.Randomness;
using Tacit.Federation.Sessions;

namespace Tacit.Coordination.Access;

/// <summary>The two secrets of a coordinator that is not yet told who is who: one to join with, one for whoever operates it. Drawn at the start.</summary>
public sealed class AccessSecrets
{
    /// <summary>Bytes of a token.</summary>
    public const int TokenBytes = 32;

    private readonly byte[] join = Draw();
    private readonly byte[] control = Draw();

    /// <summary>The bearer token of newcomers: hand it to participants over a channel that you trust.</summary>
    public string Join => $"join.{Base64Text.Of(join)}";

    /// <summary>The operator's bearer token.</summary>
    public string Operator => $"operator.{Base64Text.Of(control)}";

    /// <inheritdoc/>
    public override string ToString() => "<redacted>";

    internal bool IsJoin(ReadOnlySpan<byte> secret) => CryptographicOperations.FixedTimeEquals(secret, join);

    internal bool IsOperator(ReadOnlySpan<byte> secret) => CryptographicOperations.FixedTimeEquals(secret, control);

    internal static byte[] Draw()
    {
        byte[] secret = new byte[TokenBytes];
        SystemRandomSource.Instance.Fill(secret);
        return secret;
    }
}
