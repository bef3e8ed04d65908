"""The symbols of the formulas, as the documents explain them: Markdown with $mathematics$."""

SYMBOLS = r"""
Latent data have $M$ directions with variances $\lambda_I$, the student $N$ random features and $T$ samples, $\gamma$ is
the ridge and $\kappa$ the renormalised ridge. $D=\sum_I\lambda_I/(\lambda_I+\kappa)$ and
$q=\sum_I\lambda_I^2/(\lambda_I+\kappa)^2$ are the first and second degrees of freedom;
$V_{j,k}=\sum_I v_I\lambda_I^j\kappa^k/(\lambda_I+\kappa)^{j+k}$ weighs them with the teacher's power $v_I$. $L$ is the
test loss for clean labels, and $\sigma_\epsilon^2$ the variance of the label noise.
""".strip()
