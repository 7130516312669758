package measure

import (
	"context"
	"encoding/base64"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// GoSource returns some so many bytes of the toolchain's own source: text that
// was not made for a benchmark.
func GoSource(ctx context.Context, size int) ([]byte, error) {
	goroot, err := exec.CommandContext(ctx, "go", "env", "GOROOT").Output()
	if err != nil {
		return nil, err
	}
	text := make([]byte, 0, size)
	source := os.DirFS(filepath.Join(strings.TrimSpace(string(goroot)), "src"))
	err = fs.WalkDir(source, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || len(text) >= size {
			return err
		}
		file, err := fs.ReadFile(source, path)
		text = append(text, file...)
		return err
	})
	return text, err
}

// Values returns n random values of 12 to 51 characters, the same in each run.
func Values(n int) []string {
	r := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // they are not secrets
	values := make([]string, n)
	for i := range values {
		value := make([]byte, 9+r.IntN(30))
		for j := range value {
			value[j] = byte(r.UintN(256)) //nolint:gosec // at most 255
		}
		values[i] = base64.RawStdEncoding.EncodeToString(value)
	}
	return values
}
