using System.Security.Cryptography.X509Certificates;
using Tacit.Aggregation.Failures;
using Tacit.Coordination.Access;

namespace Tacit.Coordination.Certificates;

/// <summary>Compares the certificate of a connection with the participant whose token the request shows.</summary>
internal static class ClientCertificate
{
    /// <summary>The handshake has checked who signed the certificate, and until when it is good; here it is compared with the present key.</summary>
    /// <exception cref="FailureException">CERTIFICATE_REFUSED.</exception>
    public static void ThrowUnlessOwn(X509Certificate2? certificate, Member member, ClientCertificateMode mode)
    {
        if (mode == ClientCertificateMode.None || (certificate is null && mode == ClientCertificateMode.Optional)) return;
        if (certificate is null) throw new FailureException(FailureCodes.CertificateRefused, "the connection shows no certificate, and a token alone is not enough: join again to get one");
        if (!certificate.GetPublicKey().AsSpan().SequenceEqual(member.Key.Point.Encoded)) throw new FailureException(FailureCodes.CertificateRefused, "the connection's certificate is not for the participant's present key");
    }
}
