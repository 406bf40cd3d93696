namespace Tacit.Coordination.Certificates;

/// <summary>Whether participants show a certificate of the coordinator's own authority besides their token.</summary>
public enum ClientCertificateMode
{
    /// <summary>They do not.</summary>
    None = 0,

    /// <summary>They get one and may show it; if they do, it must be theirs.</summary>
    Optional = 1,

    /// <summary>A token alone is refused, but for joining.</summary>
    Required = 2,
}
