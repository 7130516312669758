package session_test

import (
	"strings"
	"testing"

	"github.com/secretmux/secretmux/providers/aws/internal/session"
)

// What parses is put together again by its parts, so that none of them can be
// another's.
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
