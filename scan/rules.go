package scan

import (
	"bytes"
	"hash/crc32"
)

// rules returns the rules in the order of their ids. Lengths and alphabets are
// those that the vendors document, or those of tokens that the vendors have issued.
// A text that is longer than the upper bound is not a token.
func rules() []rule {
	word, dashed := bytesOf("A-Za-z0-9"), bytesOf("A-Za-z0-9_-")
	hexLower, hexAny, base64 := bytesOf("0-9a-f"), bytesOf("0-9a-fA-F"), bytesOf("A-Za-z0-9+/")
	bech32 := bytesOf("QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L") // BIP 173
	upper := bytesOf("A-Z0-9")
	return []rule{
		{id: "age-secret-key", what: "an age identity", prefixes: []string{"AGE-SECRET-KEY-1", "AGE-SECRET-KEY-PQ-1"}, rest: []part{run(bech32, 58, 120)}},
		{id: "anthropic-api-key", what: "an Anthropic API key", prefixes: []string{"sk-ant-"}, rest: []part{run(dashed, 32, 250)}},
		{
			id: "aws-access-key-id", what: "the id of an AWS access key: look for its secret key nearby", prefixes: []string{"AKIA", "ASIA"},
			rest: []part{exactly(16, bytesOf("A-Z2-7"))}, check: isNotExample,
		},
		{id: "azure-storage-key", what: "the key of an Azure storage account", prefixes: []string{"AccountKey="}, rest: []part{exactly(86, base64), literal("==")}},
		{id: "digitalocean-token", what: "a DigitalOcean token", prefixes: []string{"dop_v1_", "doo_v1_", "dor_v1_"}, rest: []part{exactly(64, hexLower)}},
		{id: "docker-hub-token", what: "a Docker Hub token", prefixes: []string{"dckr_pat_", "dckr_oat_"}, rest: []part{run(dashed, 27, 64)}},
		{
			id: "dotenvx-private-key", what: "the private key of a dotenvx file", prefixes: []string{"DOTENV_PRIVATE_KEY"},
			rest: []part{run(bytesOf("A-Z0-9_"), 0, 64), run(bytesOf(" :=\"'"), 1, 4), exactly(64, hexLower)},
		},
		{
			id: "github-fine-grained-token", what: "a fine-grained GitHub token", prefixes: []string{"github_pat_"},
			rest: []part{exactly(22, word), literal("_"), exactly(59, word)},
		},
		{
			id: "github-token", what: "a GitHub token", prefixes: []string{"ghp_", "gho_", "ghu_", "ghs_", "ghr_"},
			rest: []part{run(word, 36, 250)}, check: hasGitHubChecksum,
		},
		{
			id: "gitlab-token", what: "a GitLab token", rest: []part{run(dashed, 20, 300)},
			prefixes: []string{"glpat-", "gldt-", "glrt-", "glcbt-", "glptt-", "glft-", "glagent-", "gloas-"},
		},
		{id: "google-api-key", what: "a Google API key", prefixes: []string{"AIza"}, rest: []part{exactly(35, dashed)}},
		{id: "google-oauth-secret", what: "the secret of a Google OAuth client", prefixes: []string{"GOCSPX-"}, rest: []part{exactly(28, dashed)}},
		{
			id: "grafana-token", what: "a Grafana service account token", prefixes: []string{"glsa_"},
			rest: []part{exactly(32, word), literal("_"), exactly(8, hexAny)},
		},
		{id: "npm-token", what: "an npm access token", prefixes: []string{"npm_"}, rest: []part{exactly(36, word)}},
		{id: "openai-api-key", what: "an OpenAI API key", prefixes: []string{"sk-proj-", "sk-svcacct-", "sk-admin-"}, rest: []part{run(dashed, 40, 250)}},
		{id: "private-key", what: "a private key in PEM", prefixes: []string{"-----BEGIN "}, custom: privateKey},
		{id: "pypi-token", what: "a PyPI API token", prefixes: []string{"pypi-AgE"}, rest: []part{run(dashed, 50, 500)}},
		{id: "rubygems-token", what: "a RubyGems API key", prefixes: []string{"rubygems_"}, rest: []part{exactly(48, hexLower)}},
		{id: "shopify-token", what: "a Shopify token", prefixes: []string{"shpat_", "shpss_", "shpca_", "shppa_"}, rest: []part{exactly(32, hexAny)}},
		{
			id: "slack-token", what: "a Slack token", rest: []part{run(bytesOf("A-Za-z0-9-"), 20, 300)}, check: hasDigits,
			prefixes: []string{"xoxa-", "xoxb-", "xoxe-", "xoxo-", "xoxp-", "xoxr-", "xoxs-", "xapp-"},
		},
		{
			id: "slack-webhook", what: "the URL of a Slack webhook", prefixes: []string{"hooks.slack.com/services/"},
			rest: []part{run(upper, 8, 14), literal("/"), run(upper, 8, 14), literal("/"), exactly(24, word)},
		},
		{id: "stripe-key", what: "a live Stripe key", prefixes: []string{"sk_live_", "rk_live_"}, rest: []part{run(word, 24, 250)}},
		{id: "stripe-webhook-secret", what: "the secret of a Stripe webhook", prefixes: []string{"whsec_"}, rest: []part{run(base64, 32, 64)}},
		{id: "vault-token", what: "a HashiCorp Vault token", prefixes: []string{"hvs.", "hvb.", "hvr."}, rest: []part{run(dashed, 24, 300)}},
	}
}

// isNotExample returns false for the key id in AWS's own documentation.
func isNotExample(rest []byte) bool { return !bytes.HasSuffix(rest, []byte("EXAMPLE")) }

// hasDigits tells a Slack token from a placeholder such as
// xoxb-your-token-goes-here. A token has the numbers of a team and a user.
func hasDigits(rest []byte) bool {
	const enough = 6
	digits := 0
	for _, c := range rest {
		if '0' <= c && c <= '9' {
			digits++
		}
	}
	return digits >= enough
}

// hasGitHubChecksum checks the last six characters. They are the CRC-32 of the
// characters before them, in base 62 (github.blog, "Behind GitHub's new
// authentication token formats", April 2021).
func hasGitHubChecksum(rest []byte) bool {
	const size, digits = 6, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	body, checksum := rest[:len(rest)-size], rest[len(rest)-size:]
	n := crc32.ChecksumIEEE(body)
	for i := size - 1; i >= 0; i-- {
		if checksum[i] != digits[n%62] {
			return false
		}
		n /= 62
	}
	return true
}
