namespace Tacit.Privacy.Accounting.Numerics;

/// <summary>The discrete Fourier transform of a power-of-two length, in place.</summary>
internal static class FourierTransform
{
    /// <summary>X_k = Σ x_j e^(−2πijk/N), or without the minus and the division by N for the inverse.</summary>
    public static void Transform(double[] real, double[] imaginary, bool inverse)
    {
        int n = real.Length;
        Reverse(real, imaginary);
        (double[] cosines, double[] sines) = Roots(n, inverse ? 1 : -1);
        for (int half = 1; half < n; half *= 2)
        {
            int stride = n / (2 * half);
            for (int start = 0; start < n; start += 2 * half)
            {
                for (int j = start, root = 0; j < start + half; j++, root += stride)
                {
                    double c = cosines[root], s = sines[root], re = real[j + half], im = imaginary[j + half];
                    double turnedRe = (re * c) - (im * s), turnedIm = (re * s) + (im * c);
                    real[j + half] = real[j] - turnedRe;
                    imaginary[j + half] = imaginary[j] - turnedIm;
                    real[j] += turnedRe;
                    imaginary[j] += turnedIm;
                }
            }
        }
    }

    private static (double[] Cosines, double[] Sines) Roots(int n, int sign)
    {
        double[] cosines = new double[Math.Max(1, n / 2)], sines = new double[cosines.Length];
        for (int k = 0; k < cosines.Length; k++) (sines[k], cosines[k]) = Math.SinCos(sign * 2 * Math.PI * k / n);
        return (cosines, sines);
    }

    private static void Reverse(double[] real, double[] imaginary)
    {
        int n = real.Length;
        for (int i = 1, j = 0; i < n; i++)
        {
            int bit = n >> 1;
            for (; (j & bit) != 0; bit >>= 1) j ^= bit;
            j |= bit;
            if (i >= j) continue;
            (real[i], real[j]) = (real[j], real[i]);
            (imaginary[i], imaginary[j]) = (imaginary[j], imaginary[i]);
        }
    }
}
