package session_test

import (
	"strings"
	"testing"

	"github.com/secretmux/secretmux/providers/aws/internal/session"
	"github.com/secretmux/secretmux/testing/conformance"
)

// The parts of a parsed ARN make the same ARN again, so no text can move from one
// part to another.
func FuzzParseARN(f *testing.F) {
	for _, seed := range []string{
		"arn:aws:secretsmanager:eu-west-1:123456789012:secret:db/password-AbCdEf", "arn:aws:ssm:eu-west-1:123456789012:parameter/db/password",
		"arn:aws:iam::123456789012:role/reader", "arn:::::", "arn:aws", "", "arn", "arn:aws:s3:::bucket:with:colons",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		a, ok := session.ParseARN(s)
		if !ok {
			return
		}
		if again := strings.Join([]string{"arn", a.Partition, a.Service, a.Region, a.Account, a.Resource}, ":"); again != s || !session.IsARN(s) {
			t.Errorf("%q parses to the parts of %q", s, again)
		}
	})
}

// The suggestion for a malformed region is a region of the same letters and digits.
// Nothing else of the input is in the error.
func FuzzCheckRegion(f *testing.F) {
	for _, seed := range []string{
		"useast1", "eu-west-1", "eu-west-1a", "us_gov_west_1", "usisobeast1", "EUSC.DE.EAST.1", "us-east", "", "a", "-", "us-east-1\n", "ünited-1",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, region string) {
		err := session.CheckRegion(region, false)
		if err == nil {
			if !session.LikeRegion(region) || strings.ContainsAny(region, "/:.?#@ ") {
				t.Errorf("%q passes", region)
			}
			return
		}
		_, rest, hinted := strings.Cut(err.Error(), "did you mean ")
		meant, _, _ := strings.Cut(rest, "?")
		if hinted && (!session.LikeRegion(meant) || !strings.HasPrefix(squeezed(region), squeezed(meant)) || len(squeezed(region)) > len(squeezed(meant))+1) {
			t.Errorf("for %q it suggests %q", region, meant)
		}
	})
}

func squeezed(region string) string {
	return strings.NewReplacer("-", "", "_", "", ".", "", " ", "").Replace(strings.ToLower(region))
}

// No error quotes an endpoint, which may have a password in it.
func FuzzCheckEndpoint(f *testing.F) {
	for _, seed := range []string{
		"https://host", "http://127.0.0.1:4566", "http://[::1]", "http://10.0.0.1", "https://user:password@host", "ftp://host", "host:443", "", "%", "https://host/?a=b",
		"http://localhost.", "http://[fe80::1%25lo]/",
	} {
		f.Add(seed)
	}
	const canary = "Vt7QmB2xKz"
	f.Fuzz(func(t *testing.T, endpoint string) {
		for _, e := range []string{endpoint, endpoint + canary, "https://" + canary + "@" + endpoint, "https://" + endpoint + "/" + canary} {
			conformance.NoLeak(t, session.CheckEndpoint(e), canary)
		}
	})
}
