package scan_test

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/secretmux/secretmux/internal/forms"
	"github.com/secretmux/secretmux/scan"
)

// FuzzScanner compares the sieve with a plain search for each form.
func FuzzScanner(f *testing.F) {
	f.Add("hunter2!!", []byte("password: hunter2!!\n"), uint16(0))
	f.Add("hunter2!!", []byte("Basic dXNlcjpodW50ZXIyISE=\n"), uint16(3))
	f.Add("line one of it\nline two of it", []byte("line two of it"), uint16(64500))
	f.Add("aaaaaaaaaaaaaaaa", []byte("aaaaaaaaaaaaaaaaaaaaaaaa"), uint16(65530))
	f.Add("a\xff\x00\xfebinary value", []byte("a\xff\x00\xfebinary value"), uint16(1))
	f.Add(`{"password":"hunter2!!"}`, []byte("hunter2!!"), uint16(7))
	f.Add("unrelated-Value9", []byte("-----BEGIN RSA PRIVATE KEY-----\\nMIIEowIBAAKCAQEA"), uint16(2))
	f.Add("unrelated-Value9", []byte("glpat-\x00 AKIA ghp_ xoxb- sk-ant- AGE-SECRET-KEY-1 DOTENV_PRIVATE_KEY"), uint16(0))
	f.Fuzz(func(t *testing.T, value string, text []byte, before uint16) {
		if len(value) < scan.MinLength || len(value) > 200 || len(text) > 4000 || strings.TrimSpace(value) == "" {
			return
		}
		s := newScanner(t, scan.Options{Secrets: secretsOf("x#y", value), Include: []string{"x#y"}})
		if len(s.NotSearched()) > 0 {
			return // too short without its white space
		}
		padded := append(bytes.Repeat([]byte{'\n'}, int(before)), text...)
		report, err := s.Reader(context.Background(), "", bytes.NewReader(padded))
		if err != nil || report.Bytes != int64(len(padded)) {
			t.Fatalf("%v, %d bytes", err, report.Bytes)
		}
		want := map[string]bool{} // the first place of each
		for _, form := range forms.Of([]byte(value), scan.MinLength) {
			if form.Encoding == "line" {
				continue // lines that look like settings are not searched for
			}
			if bytes.Contains(padded, form.Text[:min(len(form.Text), 256)]) {
				want[form.Encoding] = true
			}
		}
		own := 0
		for _, finding := range report.Findings {
			if finding.Rule != scan.OwnValue {
				continue
			}
			own++
			if finding.Encoding != "line" && !want[finding.Encoding] {
				t.Errorf("found %s, and the text has %v", finding, want)
			}
			if finding.Line < 1 || finding.Line > bytes.Count(padded, []byte{'\n'})+1 || finding.Column < 1 {
				t.Errorf("found a form at %d:%d", finding.Line, finding.Column)
			}
		}
		if own == 0 && len(want) > 0 {
			t.Errorf("found nothing, and the text has %v", want)
		}
	})
}
