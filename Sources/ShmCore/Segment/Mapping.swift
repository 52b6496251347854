internal import Glibc
internal import SystemPackage

/// A shared mapping of part of a file. It is unmapped when its one owner ends.
@safe struct Mapping: ~Copyable {
    let address: UnsafeMutableRawPointer
    let length: Int

    /// Maps `length` bytes from `offset`. The offset is a multiple of the page size; the kernel rounds the length up to
    /// one.
    init(_ file: FileDescriptor, offset: Int, length: Int, writable: Bool) throws(Errno) {
        let protection = PROT_READ | (writable ? PROT_WRITE : 0)
        let result = unsafe mmap(nil, length, protection, MAP_SHARED, file.rawValue, offset)
        guard let result = unsafe result, unsafe result != MAP_FAILED else { throw Errno(rawValue: errno) }
        unsafe address = unsafe result
        self.length = length
    }

    deinit { unsafe munmap(address, length) }
}
