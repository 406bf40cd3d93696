namespace Tacit.Cryptography.Signatures;

/// <summary>That a key signed a message: to be checked.</summary>
/// <param name="Key">Whose signature it is said to be.</param>
/// <param name="Message">Hashed with SHA-256.</param>
/// <param name="Signature">As it came.</param>
public readonly record struct SignatureClaim(VerificationKey Key, ReadOnlyMemory<byte> Message, ReadOnlyMemory<byte> Signature);
