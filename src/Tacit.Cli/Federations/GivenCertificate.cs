using System.IO;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Tacit.Aggregation.Failures;
using Tacit.Storage.Files;

namespace Tacit.Cli.Federations;

/// <summary>A certificate from a file, instead of the coordinator's own authority.</summary>
internal static class GivenCertificate
{
    /// <exception cref="FailureException">FILE_NOT_FOUND, KEY_FILE_PERMISSIONS or MALFORMED_FILE.</exception>
    public static X509Certificate2 Read(string path)
    {
        if (!File.Exists(path)) throw new FailureException(FailureCodes.FileNotFound, $"--certificate is {path}, which is not there");
        PrivateFolder.ThrowIfShared(path);
        try
        {
            using var read = X509Certificate2.CreateFromPemFile(path);
            return X509CertificateLoader.LoadPkcs12(read.Export(X509ContentType.Pkcs12), password: null);
        }
        catch (CryptographicException problem)
        {
            throw new FailureException(FailureCodes.MalformedFile, $"--certificate is {path}, which does not hold a certificate and its private key in PEM", problem);
        }
    }
}
