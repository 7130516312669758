package scan_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"log"
	"os"
	"strings"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/scan"
	"github.com/secretmux/secretmux/testing/memory"
)

// A command scans a folder for the secrets of its own store.
func Example() {
	ctx := context.Background()
	backend := memory.New(map[string]string{"db/password": "Tr0ub4dor&3", "db/host": "db.example.com"}) // local.Backend()
	store, err := secretmux.Open(ctx, "memory:", backend.Backend())                                     // os.Getenv("SECRETS")
	if err != nil {
		log.Fatal(err)
	}
	defer store.Close()
	secrets := map[string]secretmux.Secret{}
	for _, ref := range []string{"db/password", "db/host"} {
		if secrets[ref], err = store.Get(ctx, ref); err != nil {
			log.Fatal(err)
		}
	}

	dir, err := os.MkdirTemp("", "scan")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	config := "host: db.example.com\nauth: " + base64.StdEncoding.EncodeToString([]byte("app:Tr0ub4dor&3")) + "\n"
	if err := os.WriteFile(dir+"/config.yaml", []byte(config), 0o600); err != nil {
		log.Fatal(err)
	}

	scanner, err := scan.New(scan.Options{Secrets: secrets})
	if err != nil {
		log.Fatal(err)
	}
	report, err := scanner.Worktree(ctx, dir)
	if err != nil {
		log.Fatal(err)
	}
	for _, finding := range report.Findings {
		fmt.Println(finding)
	}
	fmt.Println(report.Files, "file,", report.Bytes, "bytes")
	// Output:
	// config.yaml:2:13: own-value db/password (base64+1)
	// 1 file, 48 bytes
}

func secretOf(value string) secretmux.Secret {
	return secretmux.NewSecret([]byte(value), secretmux.Meta{})
}

// Reader scans standard input, or any other reader.
func ExampleScanner() {
	scanner, err := scan.New(scan.Options{Secrets: map[string]secretmux.Secret{"api/key": secretOf("Xy77-abc!")}})
	if err != nil {
		log.Fatal(err)
	}
	report, err := scanner.Reader(context.Background(), "stdin", strings.NewReader("GET /?key=Xy77-abc%21\n"))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(report.Findings)
	// Output: [stdin:1:11: own-value api/key (url)]
}

// A value that looks like a setting is in many files that leak nothing. A scan
// searches for it only if the user asks for that.
func ExampleOptions() {
	secrets := map[string]secretmux.Secret{"REGION": secretOf("eu-west-1"), "ROLE": secretOf("readonly_user")}
	scanner, err := scan.New(scan.Options{Secrets: secrets, Include: []string{"ROLE"}, NoPatterns: true})
	if err != nil {
		log.Fatal(err)
	}
	for _, left := range scanner.NotSearched() {
		fmt.Printf("%s is not searched for: %s\n", left.Secret, left.Why)
	}
	// Output: REGION is not searched for: it looks like a setting
}

func ExampleExcluded() {
	scanner, err := scan.New(scan.Options{Secrets: map[string]secretmux.Secret{"PIN": secretOf("1234")}})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(scanner.NotSearched())
	// Output: [{PIN it is shorter than 8 bytes}]
}

// A report of 0 bytes is not a clean report.
func ExampleReport() {
	scanner, err := scan.New(scan.Options{MaxFileSize: 16})
	if err != nil {
		log.Fatal(err)
	}
	report, err := scanner.Reader(context.Background(), "dump.sql", strings.NewReader("a file that is longer than 16 bytes"))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(report.Bytes == 0, len(report.Findings), report.Skipped)
	// Output: false 0 [{dump.sql it is longer than MaxFileSize, so only its beginning was read}]
}

func ExampleSkip() {
	skip := scan.Skip{Path: "vendor/lib", Why: "a submodule or another repository: scan it on its own"}
	fmt.Printf("%s: %s\n", skip.Path, skip.Why)
	// Output: vendor/lib: a submodule or another repository: scan it on its own
}

// A finding says where a secret is and which secret it is. It never holds the
// value. Its text can't control a terminal.
func ExampleFinding() {
	fmt.Println(scan.Finding{Path: "notes\x1b[2J.txt", Line: 3, Column: 7, Rule: "github-token"})
	fmt.Println(scan.Finding{Path: "a.go", Line: 9, Column: 2, Rule: scan.OwnValue, Secret: "db/password", Encoding: "hex"})
	// Output:
	// "notes\x1b[2J.txt":3:7: github-token
	// a.go:9:2: own-value db/password (hex)
}

func ExampleRule() {
	for _, rule := range scan.Rules()[:3] {
		fmt.Println(rule.ID, "-", rule.What)
	}
	// Output:
	// age-secret-key - an age identity
	// anthropic-api-key - an Anthropic API key
	// aws-access-key-id - the id of an AWS access key: look for its secret key nearby
}

// A leak of the past that was rotated is known, and is not reported again.
func ExampleBaseline() {
	baseline := scan.NewBaseline() // scan.ParseBaseline(file)
	secrets := map[string]secretmux.Secret{"api/key": secretOf("uV7xKp2q-Zr9wTn4m")}
	scanner, err := scan.New(scan.Options{Secrets: secrets, Baseline: baseline})
	if err != nil {
		log.Fatal(err)
	}
	old := "key = uV7xKp2q-Zr9wTn4m\n"
	first, err := scanner.Reader(context.Background(), "old.cfg", strings.NewReader(old))
	if err != nil {
		log.Fatal(err)
	}
	for _, finding := range first.Findings {
		if err := baseline.Add(finding); err != nil {
			log.Fatal(err)
		}
	}
	second, err := scanner.Reader(context.Background(), "old.cfg", strings.NewReader("# moved down\n"+old))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(first.Findings), "found, then", len(second.Findings), "found and", second.Known, "known")
	// Output: 1 found, then 0 found and 1 known
}
