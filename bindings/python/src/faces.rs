//! One definition of an operation, two faces: blocking, and for asyncio.

/// Makes two classes of a list of operations. An operation gives a future of `Result<T, boxoffice::Error>`; the blocking class waits
/// for it with the interpreter lock released, the other gives an `asyncio.Future`. What has no common form comes last.
macro_rules! faces {
    (
        $(#[$doc:meta])* $blocking:ident,
        $(#[$async_doc:meta])* $asyncio:ident;
        $(
            $(#[$method_doc:meta])*
            fn $method:ident($office:ident $(, $argument:ident: $kind:ty)*) $signature:tt -> $result:ty $body:block
        )*
        $(; only blocking { $($only_blocking:tt)* } only asyncio { $($only_asyncio:tt)* })?
    ) => {
        $(#[$doc])*
        #[pyo3::pyclass(frozen, module = "boxoffice")]
        #[derive(Debug)]
        pub(crate) struct $blocking(pub(crate) std::sync::Arc<crate::call::Shared>);

        #[pyo3::pymethods]
        impl $blocking {
            $(
                $(#[$method_doc])*
                #[pyo3(signature = $signature)]
                fn $method(&self, py: pyo3::Python<'_> $(, $argument: $kind)*) -> pyo3::PyResult<$result> {
                    let $office = self.0.office(py)?.clone();
                    self.0.block(py, $body)
                }
            )*
            $($($only_blocking)*)?
        }

        $(#[$async_doc])*
        #[pyo3::pyclass(frozen, module = "boxoffice")]
        #[derive(Debug)]
        pub(crate) struct $asyncio(pub(crate) std::sync::Arc<crate::call::Shared>);

        #[pyo3::pymethods]
        impl $asyncio {
            $(
                $(#[$method_doc])*
                #[pyo3(signature = $signature)]
                fn $method(
                    &self,
                    py: pyo3::Python<'_>
                    $(, $argument: $kind)*
                ) -> pyo3::PyResult<crate::call::Awaitable<$result>> {
                    let $office = self.0.office(py)?.clone();
                    self.0.start(py, $body)
                }
            )*
            $($($only_asyncio)*)?
        }
    };
}
pub(crate) use faces;
