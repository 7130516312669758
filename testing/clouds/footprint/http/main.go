// Command http makes one request with the standard library and nothing else: what
// a program that speaks HTTPS links anyway. See footprint/measure.
package main

import (
	"context"
	"log"
	"net/http"
)

func main() {
	request, err := http.NewRequestWithContext(context.Background(), http.MethodGet, "https://example.com", nil)
	if err != nil {
		log.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		log.Fatal(err)
	}
	log.Print(response.Status, response.Body.Close())
}
