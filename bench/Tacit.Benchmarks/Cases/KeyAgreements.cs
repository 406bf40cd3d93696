using Tacit.Benchmarks.Harness;
using Tacit.Benchmarks.Peers;
using Tacit.Cryptography.KeyAgreement;
using Tacit.Cryptography.Randomness;
using Tacit.Cryptography.Signatures;

namespace Tacit.Benchmarks.Cases;

/// <summary>P-256 through the platform, against the same library called directly.</summary>
internal sealed class KeyAgreements : IBenchmark
{
    public string Name => "p256";

    public string Summary => "key pairs, agreements, point checks and signatures on P-256, against libcrypto";

    private const int Many = 100;

    public void Run(Section section, Options options)
    {
        using AgreementKey own = AgreementKey.Create(SystemRandomSource.Instance), peer = AgreementKey.Create(SystemRandomSource.Instance);
        using SigningKey signer = SigningKey.Create(SystemRandomSource.Instance);
        byte[] secret = new byte[AgreementKey.SharedSecretBytes], other = new byte[AgreementKey.SharedSecretBytes];
        byte[] encoded = peer.PublicPoint.Encoded.ToArray(), signature = signer.Sign(encoded);
        VerificationKey known = new(signer.VerificationKey.Point);
        List<Timed> bodies =
        [
            new("create a key pair", () => AgreementKey.Create(SystemRandomSource.Instance).Dispose()),
            new("agree", () => own.Agree(peer.PublicPoint, secret)),
            new("check a point", () => P256Point.TryRead(encoded, out _)),
            new("sign", () => signer.Sign(encoded)),
            new("verify, key used before", () => known.Verify(encoded, signature)),
            new("verify, key used for the first time", () => new VerificationKey(known.Point).Verify(encoded, signature)),
        ];
        P256Point[] peers = [.. Enumerable.Range(0, Many).Select(_ => PointOfAPeer())];
        byte[] secrets = new byte[Many * AgreementKey.SharedSecretBytes];
        SignatureClaim[] claims = [.. Enumerable.Range(0, Many).Select(_ => ClaimOfAPeer(encoded))];
        bodies.Add(new Timed("100 agreements", () => own.AgreeWithAll(peers, secrets)));
        bodies.Add(new Timed("verify 100, keys used before", () => SignatureBatch.FirstInvalid(claims)));
        bodies.Add(new Timed("verify 100, keys used for the first time", () => SignatureBatch.FirstInvalid([.. claims.Select(claim => claim with { Key = new VerificationKey(claim.Key.Point) })])));
        int ofPlatform = bodies.Count;
        using LibCrypto.P256Key? a = LibCrypto.IsPresent ? new() : null, b = LibCrypto.IsPresent ? new() : null;
        if (a is not null && b is not null)
        {
            a.Generate();
            b.Generate();
            bodies.Add(new Timed("libcrypto: create a key pair", () =>
            {
                using LibCrypto.P256Key key = new();
                key.Generate();
            }));
            bodies.Add(new Timed("libcrypto: agree", () => a.Agree(b, other)));
        }

        Samples[] times = Timing.InTurns(options.ManyRepeats, [.. bodies]);
        for (int i = 0; i < bodies.Count; i++) section.Add(bodies[i].Name, times[i], "us");
        own.Agree(peer.PublicPoint, secret);
        peer.Agree(own.PublicPoint, other);
        Section.Verify(secret.AsSpan().SequenceEqual(other), "both ends agree");
        Section.Verify(known.Verify(encoded, signature), "the signature");
        Section.Verify(SignatureBatch.FirstInvalid(claims) == -1 && SignatureBatch.FirstInvalid([.. claims, new SignatureClaim(known, secret, signature)]) == Many, "100 signatures and a wrong one");
        if (a is not null)
        {
            section.Add("create / libcrypto", times[0].Median / times[ofPlatform].Median, "x the time");
            section.Add("agree / libcrypto", times[1].Median / times[ofPlatform + 1].Median, "x the time");
        }
        else
        {
            section.Note("libcrypto was not found: no ratios");
        }

        if (OpenSslSpeed.EcdhP256() is { } rate) section.Add("openssl speed ecdhp256", 1e6 / rate, "us");
        else section.Note("the program openssl was not found: no cross-check");
    }

    private static P256Point PointOfAPeer()
    {
        using AgreementKey peer = AgreementKey.Create(SystemRandomSource.Instance);
        return peer.PublicPoint;
    }

    private static SignatureClaim ClaimOfAPeer(byte[] message)
    {
        using SigningKey peer = SigningKey.Create(SystemRandomSource.Instance);
        return new SignatureClaim(new VerificationKey(peer.VerificationKey.Point), message, peer.Sign(message));
    }
}
