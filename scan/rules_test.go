package scan_test

import (
	"hash/crc32"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/secretmux/secretmux/scan"
)

// chars returns n characters of an alphabet that look like a token. This file must
// not hold a whole token, because scanners would report the file.
func chars(n int, alphabet string) string {
	var b strings.Builder
	for i := range n {
		b.WriteByte(alphabet[(i*i*7+i*13+5)%len(alphabet)])
	}
	return b.String()
}

const (
	digits   = "0123456789"
	lowerHex = "0123456789abcdef"
	upper    = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	word     = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
)

func gitHubToken(prefix string) string {
	body := chars(30, word)
	sum, checksum := crc32.ChecksumIEEE([]byte(body)), make([]byte, 6)
	for i := 5; i >= 0; i-- {
		checksum[i] = word[sum%62]
		sum /= 62
	}
	return prefix + body + string(checksum)
}

// tokens returns at least one token for each rule.
func tokens() map[string][]string {
	pem := func(kind, divider string) string {
		return "-----BEGIN " + kind + "-----" + divider + chars(64, word+"+/") + divider + chars(64, word)
	}
	return map[string][]string{
		"age-secret-key":            {"AGE-SECRET-KEY-1" + chars(58, "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L"), "AGE-SECRET-KEY-PQ-1" + chars(58, "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L")},
		"anthropic-api-key":         {"sk-ant-" + "api03-" + chars(93, word)},
		"aws-access-key-id":         {"AKIA" + chars(16, upper+"234567"), "ASIA" + chars(16, upper+"234567")},
		"azure-storage-key":         {"Account" + "Key=" + chars(86, word+"+/") + "=="},
		"digitalocean-token":        {"dop_" + "v1_" + chars(64, lowerHex)},
		"docker-hub-token":          {"dckr_" + "pat_" + chars(27, word+"-_")},
		"dotenvx-private-key":       {"DOTENV_" + "PRIVATE_KEY_PRODUCTION=\"" + chars(64, lowerHex), "DOTENV_" + "PRIVATE_KEY=" + chars(64, lowerHex)},
		"github-fine-grained-token": {"github_" + "pat_" + chars(22, word) + "_" + chars(59, word)},
		"github-token":              {gitHubToken("ghp" + "_"), gitHubToken("ghs" + "_"), gitHubToken("gho" + "_"), gitHubToken("ghu" + "_")},
		"gitlab-token":              {"glp" + "at-" + chars(20, word), "gl" + "rt-" + chars(40, word+"-")},
		"google-api-key":            {"AI" + "za" + chars(35, word+"-_")},
		"google-oauth-secret":       {"GOC" + "SPX-" + chars(28, word+"-_")},
		"grafana-token":             {"gl" + "sa_" + chars(32, word) + "_" + chars(8, lowerHex)},
		"npm-token":                 {"np" + "m_" + chars(36, word)},
		"openai-api-key":            {"sk-" + "proj-" + chars(80, word+"-_")},
		"private-key": {
			pem("PRIVATE KEY", "\n"), pem("RSA PRIVATE KEY", "\r\n"), pem("OPENSSH PRIVATE KEY", `\n`), pem("EC PRIVATE KEY", "\n    "),
			pem("ENCRYPTED PRIVATE KEY", "\n"), pem("PGP PRIVATE KEY BLOCK", "\n\n"), pem("EC PRIVATE KEY", `\n" +`+"\n\t\""),
			"-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n" + chars(64, word),
		},
		"pypi-token":            {"pypi-" + "AgEIcHlwaS5vcmc" + chars(80, word+"-_")},
		"rubygems-token":        {"ruby" + "gems_" + chars(48, lowerHex)},
		"shopify-token":         {"shp" + "at_" + chars(32, lowerHex)},
		"slack-token":           {"xo" + "xb-" + chars(12, digits) + "-" + chars(12, digits) + "-" + chars(24, word), "xa" + "pp-1-A" + chars(10, digits) + "-" + chars(40, lowerHex)},
		"slack-webhook":         {"hooks." + "slack.com/services/T" + chars(8, upper) + "/B" + chars(8, upper) + "/" + chars(24, word)},
		"stripe-key":            {"sk_" + "live_" + chars(24, word), "rk_" + "live_" + chars(99, word)},
		"stripe-webhook-secret": {"wh" + "sec_" + chars(32, word)},
		"vault-token":           {"hv" + "s." + chars(24, word), "hv" + "b." + chars(138, word+"-_")},
	}
}

func TestRules(t *testing.T) {
	s := newScanner(t, scan.Options{})
	all := tokens()
	for _, rule := range scan.Rules() {
		if len(all[rule.ID]) == 0 {
			t.Errorf("no token tests the rule %s", rule.ID)
		}
		if !regexp.MustCompile(`^[a-z][a-z0-9-]+$`).MatchString(rule.ID) || rule.What == "" {
			t.Errorf("the rule %+v has no id or no description", rule)
		}
	}
	if !slices.IsSortedFunc(scan.Rules(), func(a, b scan.Rule) int { return strings.Compare(a.ID, b.ID) }) {
		t.Error("the rules are not in order")
	}
	for id, examples := range all {
		for i, token := range examples {
			for _, around := range [][2]string{{"", ""}, {"key: ", "\n"}, {`{"k":"`, `"}`}, {`\n`, `\n`}, {"a%3D", "&b"}, {"(", ")"}, {"\x00", "\x00"}} {
				report := scanText(t, s, around[0]+token+around[1])
				if len(report.Findings) != 1 || report.Findings[0].Rule != id || report.Findings[0].Column != len(around[0])+1 {
					t.Errorf("%s between %q: found %q", id, around, lines(report))
				}
			}
			if got := scanText(t, s, "prefix"+token); len(got.Findings) != 0 && !strings.HasPrefix(token, "-----") {
				t.Errorf("%s inside a word: found %q", id, lines(got))
			}
			if i > 0 {
				continue
			}
			for _, edge := range []int{1 << 16, 1<<16 - 1<<10} { // of the buffer, and of the part that is left for the next buffer
				for before := -24; before < 4; before++ {
					if got := scanText(t, s, strings.Repeat(" ", edge+before)+token+strings.Repeat(" ", 3000)); len(got.Findings) != 1 {
						t.Errorf("%s %d bytes from the edge: found %q", id, before, lines(got))
					}
				}
			}
		}
	}
}

func TestTextsThatAreNotTokens(t *testing.T) {
	s := newScanner(t, scan.Options{})
	for name, text := range map[string]string{
		"the key id of AWS's documentation": "AKIA" + "IOSFODNN7EXAMPLE",
		"a wrong checksum":                  "ghp_" + chars(36, word),
		"crosses":                           "AKIA" + strings.Repeat("X", 16),
		"short":                             "glpat-" + chars(12, word),
		"long":                              "AKIA" + chars(17, upper),
		"a request":                         "xoxb-your-token-goes-here-please",
		"a test key":                        "sk_test_" + chars(24, word),
		"a public key":                      "-----BEGIN PUBLIC KEY-----\n" + chars(64, word),
		"a frame in code":                   `strings.HasPrefix(s, "-----BEGIN RSA PRIVATE KEY-----")`,
		"a frame in prose":                  "-----BEGIN PRIVATE KEY-----\nthe key goes here\n-----END PRIVATE KEY-----",
		"a frame at the end":                "-----BEGIN PRIVATE KEY-----",
		"a name":                            "DOTENV_PRIVATE_KEY=\n",
	} {
		if got := scanText(t, s, text); len(got.Findings) != 0 {
			t.Errorf("%s: found %q", name, lines(got))
		}
	}
}

// A comment allows a token. It does not allow an own value, because the person who
// leaks the value could also write the comment.
func TestAllow(t *testing.T) {
	token := gitHubToken("ghp" + "_")
	s := newScanner(t, scan.Options{Secrets: secretsOf("db/password", canary)})
	report := scanText(t, s, token+" // secretmux:allow\n"+token+"\n"+canary+" # secretmux:allow\n# secretmux:allow\n"+token)
	wantLines(t, report, nil, "file:2:1: github-token", "file:3:1: own-value db/password (raw)", "file:5:1: github-token")
	if report.Allowed != 1 {
		t.Errorf("%d tokens are allowed, want 1", report.Allowed)
	}
}

// A token that is an own value is reported as an own value.
func TestOwnToken(t *testing.T) {
	token := gitHubToken("ghp" + "_")
	s := newScanner(t, scan.Options{Secrets: secretsOf("github/token", token)})
	wantLines(t, scanText(t, s, "t="+token+"\n"), nil, "file:1:3: own-value github/token (raw)")
}
