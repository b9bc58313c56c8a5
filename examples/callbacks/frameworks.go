// Package callbacks receives callbacks behind other routers, a gateway and a queue. Each
// function is a piece to copy; what all of them keep is the raw body, and the
// acknowledgement that the provider wants.
package callbacks

import (
	"io"
	"net/http"

	"github.com/gin-gonic/gin"
	"github.com/go-chi/chi/v5"
	"github.com/labstack/echo/v4"

	"github.com/issuing-sdk/issuing-go/webhook"
)

// onChi serves WorldCard's types, one address each. chi's own wildcard is the request's.
func onChi(router chi.Router, handler *webhook.Handler) {
	router.Method(http.MethodPost, "/callbacks/worldcard/{type}", handler)
}

// onGin does so on gin, whose parameters are not the request's.
func onGin(router gin.IRouter, handler *webhook.Handler) {
	router.POST("/callbacks/worldcard/:type", func(c *gin.Context) {
		c.Request.SetPathValue("type", c.Param("type"))
		handler.ServeHTTP(c.Writer, c.Request)
	})
}

// onEcho does so on echo.
func onEcho(router *echo.Echo, handler *webhook.Handler) {
	router.POST("/callbacks/worldcard/:type", func(c echo.Context) error {
		c.Request().SetPathValue("type", c.Param("type"))
		handler.ServeHTTP(c.Response(), c.Request())
		return nil
	})
}

// onAnything is for a framework that reads bodies and writes answers itself: Receive says
// what to answer. It does not recognise repeats; book does, by the event's id.
func onAnything(source *webhook.Source, book webhook.Func) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, webhook.DefaultMaxBody))
		if err != nil {
			http.Error(w, "", http.StatusBadRequest)
			return
		}
		event, answer, err := source.Receive(&webhook.Request{
			Method: r.Method, URL: r.URL, Header: r.Header, Body: body, Type: r.PathValue("type"),
		})
		if err == nil {
			err = book(r.Context(), event)
		}
		out := answer(err) // the provider's own acknowledgement, or its refusal
		for name, values := range out.Header {
			w.Header()[name] = values
		}
		w.WriteHeader(out.Status)
		_, _ = w.Write(out.Body)
	}
}
