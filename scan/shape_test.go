package scan_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/secretmux/secretmux/scan"
)

// settings are values that stores hold and that many files contain.
var settings = []string{
	"production", "eu-west-1", "us-gov-east-1", "postgres", "app_user", "readonly_user", "READONLY_USER", "Readonly Access", "k8s-e2e-x64",
	"db.example.com", "db.example.com:5432", "redis-master.default.svc.cluster.local", "localhost:8080", "10.20.30.40:5432",
	"192.168.100.0/24", "2001:db8:0:1", "https://api.example.com/v1/users", "http://localhost:9090/metrics?level=debug",
	"https://auth.example.com/oauth2/token", "noreply@example.com", "1234567890", "3.14159265", "2026-11-26", "2026-11-26T10:00:00Z",
	"v1.24.3-45", "12:30:00.000", "true or false", "info,warn", "/etc/ssl/certs/ca.pem", "/var/run/app.sock", "public.users",
	"order-service", "order-service-2", "kafka-01.internal", "my-bucket-name", "s3.eu-west-1.amazonaws.com",
	"changeme", "CHANGE_ME", "your-api-key-here", "<password>", "${DB_PASSWORD}", "{{ .Values.password }}", "xxxxxxxxxxxx", "********",
	"[redacted]", "linux/amd64", "Europe/Berlin",
	"-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIUabc0\n-----END CERTIFICATE-----\n",
}

func TestSettingsAreNotSearchedFor(t *testing.T) {
	pairs := []string{}
	for i, text := range settings {
		pairs = append(pairs, fmt.Sprintf("s%02d", i), text)
	}
	s := newScanner(t, scan.Options{Secrets: secretsOf(pairs...)})
	left := map[string]bool{}
	for _, e := range s.NotSearched() {
		left[e.Secret] = true
		if strings.Contains(fmt.Sprint(e), "example") {
			t.Errorf("%+v quotes the value", e)
		}
	}
	var searched []string
	for i, text := range settings {
		if !left[fmt.Sprintf("s%02d", i)] {
			searched = append(searched, text)
		}
	}
	if len(searched) > 0 {
		t.Errorf("%d of %d settings are searched for: %q", len(searched), len(settings), searched)
	}
}

func TestPasswordsAreSearchedFor(t *testing.T) {
	for _, text := range []string{
		"hunter2hunter2!", "Tr0ub4dor&3", "correct-horse-battery-staple", "p4ssw0rd123", "3f2b8c1e-77aa-4c1d-9e0f-0a1b2c3d4e5f",
		"postgres://app:hunter22@db.example.com/orders", "https://hooks.example.com/services/T0123/B0123/aB3dE5fG7hI9jK1l",
		"https://example.com/?sig=aB3dE5fG7hI9jK1l", "deadbeef12345678", "Summer2024!", "kJ8#mQ2$", "app@example.com:hunter22",
		"-----BEGIN PRIVATE KEY-----\nMIIBszCCAVmgAwIBAgIUabc0\n-----END PRIVATE KEY-----\n",
	} {
		s := newScanner(t, scan.Options{Secrets: secretsOf("x", text)})
		if got := s.NotSearched(); len(got) != 0 {
			t.Errorf("%q is left out: %+v", text, got)
		}
	}
}

// Most random passwords must be searched for: each row says how many percent.
func TestRandomPasswordsAreSearchedFor(t *testing.T) {
	const mixed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	r := rand.New(rand.NewPCG(1, 2))
	for _, tt := range []struct {
		name, alphabet string
		length, least  int
	}{
		{"hexadecimal", "0123456789abcdef", 8, 97},
		{"hexadecimal", "0123456789abcdef", 12, 97},
		{"hexadecimal", "0123456789abcdef", 32, 100},
		{"mixed case", mixed, 8, 98},
		{"mixed case", mixed, 12, 99},
		{"symbols", mixed + "!#$%&*?", 8, 98},
		{"small letters and digits", "abcdefghijklmnopqrstuvwxyz0123456789", 8, 85},
		{"small letters and digits", "abcdefghijklmnopqrstuvwxyz0123456789", 16, 98},
	} {
		pairs := []string{}
		for i := range 2000 {
			text := make([]byte, tt.length)
			for j := range text {
				text[j] = tt.alphabet[r.IntN(len(tt.alphabet))]
			}
			pairs = append(pairs, fmt.Sprint("s", i), string(text))
		}
		s := newScanner(t, scan.Options{Secrets: secretsOf(pairs...)})
		percent := 100 - len(s.NotSearched())*100/2000
		t.Logf("%s, %d bytes: %d %% are searched for", tt.name, tt.length, percent)
		if percent < tt.least {
			t.Errorf("%s, %d bytes: %d %% are searched for, want %d", tt.name, tt.length, percent, tt.least)
		}
	}
}

func TestNotSearchedIsReportedAndOverruled(t *testing.T) {
	secrets := secretsOf("REGION", "eu-west-1", "PORT", "5432", "EMPTY", "", "KEY", "Xy77-abc!")
	s := newScanner(t, scan.Options{Secrets: secrets})
	if got := fmt.Sprint(s.NotSearched()); got != "[{PORT it is shorter than 8 bytes} {REGION it looks like a setting}]" {
		t.Errorf("got %s", got)
	}
	s = newScanner(t, scan.Options{Secrets: secrets, Include: []string{"REGION", "PORT"}, Except: []string{"KEY"}})
	if got := fmt.Sprint(s.NotSearched()); got != "[{PORT it is shorter than 8 bytes}]" {
		t.Errorf("with Include: got %s", got)
	}
	wantLines(t, scanText(t, s, "eu-west-1 5432 Xy77-abc!"), nil, "file:1:1: own-value REGION (raw)")
}
