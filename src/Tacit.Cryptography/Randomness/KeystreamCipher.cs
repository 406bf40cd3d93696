namespace Tacit.Cryptography.Randomness;

/// <summary>The block cipher behind a <see cref="Keystream"/>.</summary>
public enum KeystreamCipher
{
    /// <summary>AES with a 128-bit key: the default, 128-bit security.</summary>
    Aes128 = 1,

    /// <summary>AES with a 256-bit key, about 1.4 times slower: for those who plan against quantum key search.</summary>
    Aes256 = 2,
}
