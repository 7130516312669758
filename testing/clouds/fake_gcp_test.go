package clouds_test

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// serveGRPC is an HTTP/2 server without TLS, as emulators are.
func serveGRPC(t *testing.T, h http.Handler) (address string) {
	t.Helper()
	server := httptest.NewUnstartedServer(h)
	server.Config.Protocols = &http.Protocols{}
	server.Config.Protocols.SetUnencryptedHTTP2(true)
	server.Start()
	t.Cleanup(server.Close)
	return server.Listener.Addr().String()
}

// access is Secret Manager's AccessSecretVersion in gRPC's wire format, written
// by hand: the only method that these tests reach, and no dependency of theirs.
// find returns the value of a secret or a status; broken spoils the checksum.
func access(find func(id string) (value string, status int, broken bool)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		// A frame of 5 bytes, then field 1: the length and projects/P/secrets/ID/versions/V.
		_, name, _ := strings.Cut(string(body), "/secrets/")
		id, _, _ := strings.Cut(name, "/")
		value, status, broken := find(id)
		w.Header().Set("Content-Type", "application/grpc")
		if status == 0 {
			sum := crc32.Checksum([]byte(value), crc32.MakeTable(crc32.Castagnoli))
			if broken {
				sum++
			}
			payload := binary.AppendUvarint(append(field(1, value), 2<<3), uint64(sum))
			message := append(field(1, "projects/123456789012/secrets/"+id+"/versions/1"), field(2, string(payload))...)
			frame := binary.BigEndian.AppendUint32([]byte{0}, uint32(len(message)))
			_, _ = io.Copy(w, bytes.NewReader(append(frame, message...)))
			value = "" // no message beside a value
		}
		w.Header().Set(http.TrailerPrefix+"Grpc-Status", string(rune('0'+status)))
		w.Header().Set(http.TrailerPrefix+"Grpc-Message", value)
	})
}

// field is a protobuf field of bytes.
func field(number byte, value string) []byte {
	return append(binary.AppendUvarint([]byte{number<<3 | 2}, uint64(len(value))), value...)
}
