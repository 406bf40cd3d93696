using System.Buffers.Text;
using Tacit.Cryptography.Hashing;

namespace Tacit.Federation.Sessions;

/// <summary>What a participant signs to show that it holds its identity key: the coordinator's challenge, its own name and key.</summary>
public static class JoinProof
{
    /// <summary>Bytes of a challenge.</summary>
    public const int ChallengeBytes = 32;

    /// <summary>The message to be signed.</summary>
    /// <param name="challenge">32 bytes that the coordinator drew; good for one answer.</param>
    /// <param name="name">What the participant calls itself.</param>
    /// <param name="key">Its public key, 65 bytes.</param>
    public static byte[] Message(ReadOnlySpan<byte> challenge, string name, ReadOnlySpan<byte> key)
    {
        using TranscriptHash hash = new("tacit/join/1");
        return hash.Append("challenge", challenge).Append("name", name).Append("key", key).Digest();
    }
}

/// <summary>A challenge, as JSON carries it.</summary>
/// <param name="Challenge">32 bytes in base64url.</param>
public sealed record ChallengeAnswer(string Challenge);

/// <summary>A participant's proof, as JSON carries it.</summary>
/// <param name="Name">1 to 100 letters, digits, dots, dashes and underscores.</param>
/// <param name="Key">Its public key, 65 bytes in base64url.</param>
/// <param name="Challenge">The challenge that it answers.</param>
/// <param name="Signature">64 bytes in base64url.</param>
public sealed record JoinRequest(string Name, string Key, string Challenge, string Signature);

/// <summary>What a participant gets for its proof.</summary>
/// <param name="Participant">Its number at this coordinator.</param>
/// <param name="Token">A bearer token: secret.</param>
/// <param name="ExpiresInSeconds">How long it is good for.</param>
/// <param name="State">approved; or waiting: there is no token until the words were compared.</param>
/// <param name="Certificate">The participant's certificate for its key, signed by the coordinator's authority, in base64url; empty without one.</param>
public sealed record JoinAnswer(int Participant, string Token, int ExpiresInSeconds, string State = JoinAnswer.Approved, string Certificate = "")
{
    /// <summary>The state of whoever may take part.</summary>
    public const string Approved = "approved";

    /// <summary>The state of whoever waits for approval.</summary>
    public const string Waiting = "waiting";

    /// <inheritdoc/>
    public override string ToString() => $"participant {Participant}, token <redacted>";
}

/// <summary>The coordinator's key for receipts.</summary>
/// <param name="Key">65 bytes as 130 hexadecimal digits.</param>
public sealed record ReceiptKeyAnswer(string? Key);

/// <summary>A participant's answer to an offer.</summary>
/// <param name="Accept">Whether its update is ready.</param>
/// <param name="Reason">Why not; at most 200 characters.</param>
public sealed record OfferAnswer(bool Accept, string Reason = "");

/// <summary>Base64url of untrusted text.</summary>
public static class Base64Text
{
    /// <summary>Reads bytes of a known length.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="length">Bytes.</param>
    /// <param name="bytes">The bytes, or none.</param>
    public static bool TryRead(string? text, int length, out byte[] bytes)
    {
        bytes = [];
        if (text is null || text.Length > (length * 2) + 4) return false;
        byte[] room = new byte[(length * 2) + 8];
        try
        {
            if (!Base64Url.TryDecodeFromChars(text, room, out int written) || written != length) return false;
        }
        catch (FormatException)
        {
            return false;
        }

        bytes = room[..length];
        return true;
    }

    /// <summary>Writes bytes.</summary>
    /// <param name="bytes">Any.</param>
    public static string Of(ReadOnlySpan<byte> bytes) => Base64Url.EncodeToString(bytes);
}
